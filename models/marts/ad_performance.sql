{{ config(enabled=delivered('ad_spend')) }}

-- Money that no ad explains and leads that show a campaign alone are rows of the campaign, with the
-- ad `unknown`: so the ads of a campaign always total the campaign.
with

ads as (

    select * from {{ ref('dim_ads') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

ad_spend as (

    select
        ad_spend.*,
        campaigns.campaign_id,
        campaigns.campaign_durable_key
    from {{ ref('fct_ad_spend') }} as ad_spend
    inner join campaigns on ad_spend.campaign_key = campaigns.campaign_key

),

leads as (

    select
        leads.lead_key,
        leads.is_customer,
        leads.revenue,
        {{ month_of_day('leads.created_on') }} as month,
        leads.first_touchpoint_key,
        leads.last_touchpoint_key,
        campaigns.campaign_durable_key
    from {{ ref('fct_leads') }} as leads
    inner join campaigns on leads.campaign_key = campaigns.campaign_key

),

touches as (

    select
        of_ads.touchpoint_key,
        of_ads.ad_key,
        campaigns.campaign_durable_key
    from {{ ref('int_touchpoints__of_ads') }} as of_ads
    inner join ads on of_ads.ad_key = ads.ad_key
    inner join campaigns on ads.campaign_key = campaigns.campaign_key

),

advertised as (

    select campaign_durable_key
    from ad_spend
    where campaign_durable_key <> 'unknown'
    group by campaign_durable_key

),

spending as (

    select
        {{ month_of_day('ad_spend.date_day') }} as month,
        ad_spend.campaign_durable_key,
        case
            when ad_spend.is_residual then 'unknown'
            else coalesce({{ ad_key('ad_spend', 'campaign_id') }}, 'unknown')
        end as ad_key,
        sum(ad_spend.impressions) as impressions,
        sum(ad_spend.clicks) as clicks,
        sum(ad_spend.spend) as spend
    from ad_spend
    group by
        {{ month_of_day('ad_spend.date_day') }},
        ad_spend.campaign_durable_key,
        case
            when ad_spend.is_residual then 'unknown'
            else coalesce({{ ad_key('ad_spend', 'campaign_id') }}, 'unknown')
        end

),

-- A lead's ad is that of the touch which gave it its campaign: the first, or else the last.
outcomes as (

    select
        leads.month,
        leads.campaign_durable_key,
        coalesce(first_touches.ad_key, last_touches.ad_key, 'unknown') as ad_key,
        count(*) as leads,
        sum(case when leads.is_customer then 1 else 0 end) as customers,
        sum(coalesce(leads.revenue, 0)) as revenue
    from leads
    inner join advertised on leads.campaign_durable_key = advertised.campaign_durable_key
    left join touches as first_touches
        on
            leads.first_touchpoint_key = first_touches.touchpoint_key
            and leads.campaign_durable_key = first_touches.campaign_durable_key
    left join touches as last_touches
        on
            leads.last_touchpoint_key = last_touches.touchpoint_key
            and leads.campaign_durable_key = last_touches.campaign_durable_key
    group by
        leads.month,
        leads.campaign_durable_key,
        coalesce(first_touches.ad_key, last_touches.ad_key, 'unknown')

),

combined as (

    select
        coalesce(spending.month, outcomes.month) as month,
        coalesce(spending.campaign_durable_key, outcomes.campaign_durable_key)
            as campaign_durable_key,
        coalesce(spending.ad_key, outcomes.ad_key) as ad_key,
        coalesce(spending.impressions, 0) as impressions,
        coalesce(spending.clicks, 0) as clicks,
        coalesce(spending.spend, 0) as spend,
        coalesce(outcomes.leads, 0) as leads,
        coalesce(outcomes.customers, 0) as customers,
        coalesce(outcomes.revenue, 0) as revenue
    from spending
    full outer join outcomes
        on
            spending.month = outcomes.month
            and spending.campaign_durable_key = outcomes.campaign_durable_key
            and spending.ad_key = outcomes.ad_key

),

final as (

    select
        combined.month,
        combined.ad_key,
        current_campaigns.campaign_key,
        combined.campaign_durable_key,
        current_campaigns.platform,
        current_campaigns.campaign_name,
        ads.ad_group_name,
        ads.ad_id,
        ads.ad_name,
        ads.ad_type,
        ads.headlines,
        ads.descriptions,
        ads.call_to_action,
        ads.media_id,
        ads.audience,
        ads.landing_page,
        combined.ad_key = 'unknown' as is_residual,
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
    inner join ads on combined.ad_key = ads.ad_key
    inner join campaigns as current_campaigns
        on
            combined.campaign_durable_key = current_campaigns.campaign_durable_key
            and current_campaigns.is_current

)

select * from final
