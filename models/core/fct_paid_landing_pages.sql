{{ config(enabled=delivered('landing_page_days')) }}

with

landing_pages as (

    select
        *,
        {{ page_address('landing_page') }} as address
    from {{ ref('int_landing_page_days__unioned') }}

),

addresses as (

    select
        address,
        {{ page_host('address') }} as host,
        {{ page_path('address') }} as page_path
    from landing_pages
    where address <> ''
    group by address

),

summed as (

    select
        landing_pages.platform,
        landing_pages.account_id,
        landing_pages.date_day,
        landing_pages.campaign_id,
        nullif(addresses.host, '') as host,
        addresses.host || addresses.page_path as url,
        upper(landing_pages.currency) as currency,
        sum(landing_pages.spend_native) as spend_native,
        sum(landing_pages.impressions) as impressions,
        sum(landing_pages.clicks) as clicks
    from landing_pages
    left join addresses on landing_pages.address = addresses.address
    group by
        landing_pages.platform, landing_pages.account_id, landing_pages.date_day,
        landing_pages.campaign_id, nullif(addresses.host, ''),
        addresses.host || addresses.page_path, upper(landing_pages.currency)

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

final as (

    select
        ---------- ids
        {{ surrogate_key([
            'summed.platform', 'summed.account_id', 'summed.date_day', 'summed.campaign_id',
            'summed.url', 'summed.currency',
        ]) }} as paid_landing_page_key,
        summed.date_day,
        summed.platform,
        summed.account_id,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,
        case when summed.url is null then 'unknown' else {{ surrogate_key(['summed.url']) }} end
            as page_key,

        ---------- strings
        summed.url,
        summed.host,
        summed.currency,

        ---------- numerics
        cast(summed.spend_native as decimal(18, 6)) as spend_native,
        {{ in_reporting_currency(
            'summed.spend_native', 'summed.currency', 'company.reporting_currency', 'rates.rate'
        ) }} as spend,
        cast(summed.impressions as decimal(18, 6)) as impressions,
        cast(summed.clicks as decimal(18, 6)) as clicks
    from summed
    cross join company
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
