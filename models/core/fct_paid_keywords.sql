{{ config(enabled=delivered('keyword_days')) }}

with

keywords as (

    select
        *,
        lower(trim(keyword)) as text,
        lower(trim(match_type)) as kind
    from {{ ref('int_keyword_days__unioned') }}

),

summed as (

    select
        platform,
        account_id,
        date_day,
        campaign_id,
        ad_group_id,
        text,
        kind,
        upper(currency) as currency,
        sum(spend_native) as spend_native,
        sum(impressions) as impressions,
        sum(clicks) as clicks
    from keywords
    group by
        platform, account_id, date_day, campaign_id, ad_group_id, text, kind, upper(currency)

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

texts as (

    select text
    from summed
    group by text

),

brand_terms as (

    select texts.text
    from texts
    inner join {{ ref('stg_ops__brand_terms') }} as brand_terms
        on {{ wildcard_match(
            'texts.text', 'brand_terms.like_pattern', 'brand_terms.expression'
        ) }}
    group by texts.text

),

final as (

    select
        ---------- ids
        {{ surrogate_key([
            'summed.platform', 'summed.account_id', 'summed.date_day', 'summed.campaign_id',
            'summed.ad_group_id', 'summed.text', 'summed.kind', 'summed.currency',
        ]) }} as paid_keyword_key,
        summed.date_day,
        summed.platform,
        summed.account_id,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,
        summed.ad_group_id,

        ---------- strings
        nullif(summed.text, '') as keyword,
        coalesce(nullif(summed.kind, ''), 'unknown') as match_type,
        summed.currency,

        ---------- booleans
        brand_terms.text is not null as is_brand,

        ---------- numerics
        cast(summed.spend_native as decimal(18, 6)) as spend_native,
        {{ in_reporting_currency(
            'summed.spend_native', 'summed.currency', 'company.reporting_currency', 'rates.rate'
        ) }} as spend,
        cast(summed.impressions as decimal(18, 6)) as impressions,
        cast(summed.clicks as decimal(18, 6)) as clicks
    from summed
    cross join company
    left join brand_terms on summed.text = brand_terms.text
    left join rates
        on summed.date_day = rates.date_day and summed.currency = rates.currency
    left join campaigns
        on
            summed.platform = campaigns.platform
            and summed.account_id = campaigns.account_ref
            and summed.campaign_id = campaigns.campaign_id
            and campaigns.is_current

)

select * from final
