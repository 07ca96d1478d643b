{{ config(enabled=delivered('landing_page_days', by='google_ads')) }}

with

figures as (
    {{ newest_report_rows(
        source('google_ads', 'landing_page_days'), 'google_ads', 'landing_page_days', 'date_day'
    ) }}
),

final as (
    select
        ---------- ids and strings
        'google_ads' as platform,
        customer_id as account_id,
        date_day,
        campaign_id,
        landing_page,

        ---------- numerics
        {{ from_micros('cost_micros') }} as spend_native,
        currency,
        cast(coalesce(impressions, 0) as decimal(18, 6)) as impressions,
        cast(coalesce(clicks, 0) as decimal(18, 6)) as clicks
    from figures
)

select * from final
