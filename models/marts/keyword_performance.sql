{{ config(enabled=delivered('keyword_days')) }}

-- Money that no keyword explains and leads that show a campaign alone are rows of the campaign
-- without a keyword: so the keywords of a campaign always total the campaign.
with

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

keywords as (

    select
        keywords.*,
        {{ month_of_day('keywords.date_day') }} as month,
        campaigns.campaign_durable_key
    from {{ ref('fct_paid_keywords') }} as keywords
    inner join campaigns on keywords.campaign_key = campaigns.campaign_key
    where keywords.keyword is not null

),

accounts as (

    select
        platform,
        account_id
    from {{ ref('fct_paid_keywords') }}
    group by platform, account_id

),

ad_spend as (

    select
        ad_spend.*,
        {{ month_of_day('ad_spend.date_day') }} as month,
        campaigns.campaign_durable_key
    from {{ ref('fct_ad_spend') }} as ad_spend
    inner join accounts
        on
            ad_spend.platform = accounts.platform
            and ad_spend.account_id = accounts.account_id
    inner join campaigns on ad_spend.campaign_key = campaigns.campaign_key

),

advertised as (

    select campaign_durable_key
    from ad_spend
    where campaign_durable_key <> 'unknown'
    group by campaign_durable_key

),

-- One text may be bid on with several match types; a touch shows the text alone.
texts as (

    select
        campaign_durable_key,
        keyword,
        case when min(match_type) = max(match_type) then min(match_type) else 'unknown' end
            as match_type,
        max(case when is_brand then 1 else 0 end) as is_brand
    from keywords
    group by campaign_durable_key, keyword

),

-- Hits that are one touch are asked together.
touches as (

    select
        touchpoints.counting_touchpoint_key as touchpoint_key,
        campaigns.campaign_durable_key,
        min(lower(trim(touchpoints.keyword))) as said
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join campaigns on touchpoints.campaign_key = campaigns.campaign_key
    inner join advertised on campaigns.campaign_durable_key = advertised.campaign_durable_key
    where touchpoints.keyword is not null
    group by touchpoints.counting_touchpoint_key, campaigns.campaign_durable_key
    having min(lower(trim(touchpoints.keyword))) = max(lower(trim(touchpoints.keyword)))

),

-- A lead's keyword is that of the touch which gave it its campaign: the first, or else the last.
leads as (

    select
        leads.lead_key,
        leads.is_customer,
        leads.revenue,
        {{ month_of_day('leads.created_on') }} as month,
        campaigns.campaign_durable_key,
        coalesce(first_touches.said, last_touches.said) as said
    from {{ ref('fct_leads') }} as leads
    inner join campaigns on leads.campaign_key = campaigns.campaign_key
    inner join advertised on campaigns.campaign_durable_key = advertised.campaign_durable_key
    left join touches as first_touches
        on
            leads.first_touchpoint_key = first_touches.touchpoint_key
            and campaigns.campaign_durable_key = first_touches.campaign_durable_key
    left join touches as last_touches
        on
            leads.last_touchpoint_key = last_touches.touchpoint_key
            and campaigns.campaign_durable_key = last_touches.campaign_durable_key

),

figures as (

    select
        month,
        campaign_durable_key,
        keyword,
        match_type,
        max(case when is_brand then 1 else 0 end) as is_brand,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(spend) as spend,
        0 as leads,
        0 as customers,
        0 as revenue
    from keywords
    group by month, campaign_durable_key, keyword, match_type
    union all
    select
        month,
        campaign_durable_key,
        cast(null as {{ dbt.type_string() }}) as keyword,
        'unknown' as match_type,
        0 as is_brand,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(spend) as spend,
        0 as leads,
        0 as customers,
        0 as revenue
    from ad_spend
    group by month, campaign_durable_key
    union all
    select
        month,
        campaign_durable_key,
        cast(null as {{ dbt.type_string() }}) as keyword,
        'unknown' as match_type,
        0 as is_brand,
        -sum(impressions) as impressions,
        -sum(clicks) as clicks,
        -sum(spend) as spend,
        0 as leads,
        0 as customers,
        0 as revenue
    from keywords
    group by month, campaign_durable_key
    union all
    select
        leads.month,
        leads.campaign_durable_key,
        texts.keyword,
        coalesce(texts.match_type, 'unknown') as match_type,
        coalesce(texts.is_brand, 0) as is_brand,
        0 as impressions,
        0 as clicks,
        0 as spend,
        1 as leads,
        case when leads.is_customer then 1 else 0 end as customers,
        leads.revenue
    from leads
    left join texts
        on
            leads.campaign_durable_key = texts.campaign_durable_key
            and leads.said = texts.keyword

),

combined as (

    select
        month,
        campaign_durable_key,
        keyword,
        match_type,
        max(is_brand) = 1 as is_brand,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(spend) as spend,
        sum(leads) as leads,
        sum(customers) as customers,
        sum(revenue) as revenue
    from figures
    group by month, campaign_durable_key, keyword, match_type

),

final as (

    select
        combined.month,
        current_campaigns.campaign_key,
        combined.campaign_durable_key,
        current_campaigns.platform,
        current_campaigns.campaign_name,
        combined.keyword,
        combined.match_type,
        combined.is_brand,
        combined.keyword is null as is_residual,
        cast(combined.impressions as decimal(18, 6)) as impressions,
        cast(combined.clicks as decimal(18, 6)) as clicks,
        {{ click_rate_columns('combined.clicks', 'combined.impressions') | indent(8) }},
        cast(combined.spend as decimal(18, 6)) as spend,
        cast(combined.leads as bigint) as leads,
        cast(combined.customers as bigint) as customers,
        {{ ratio('combined.customers', 'combined.leads') }} as conversion_rate,
        {{ proportion_bound('combined.customers', 'combined.leads', '-') }} as conversion_rate_low,
        {{ proportion_bound('combined.customers', 'combined.leads', '+') }} as conversion_rate_high,
        cast(combined.revenue as decimal(18, 6)) as revenue,
        {{ unit_cost('combined.spend', 'combined.clicks') }} as cost_per_click,
        {{ unit_cost('combined.spend', 'combined.leads') }} as cost_per_lead,
        {{ per_money_spent('combined.revenue', 'combined.spend') }} as roas
    from combined
    inner join campaigns as current_campaigns
        on
            combined.campaign_durable_key = current_campaigns.campaign_durable_key
            and current_campaigns.is_current
    where
        combined.keyword is not null
        or combined.impressions <> 0
        or combined.clicks <> 0
        or combined.spend <> 0
        or combined.leads <> 0

)

select * from final
