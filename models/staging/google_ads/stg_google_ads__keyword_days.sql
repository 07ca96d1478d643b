{{ config(enabled=delivered('keyword_days', by='google_ads')) }}

with

figures as (
    {{ newest_report_rows(
        source('google_ads', 'keyword_days'), 'google_ads', 'keyword_days', 'date_day'
    ) }}
),

final as (
    select
        ---------- ids and strings
        'google_ads' as platform,
        customer_id as account_id,
        date_day,
        campaign_id,
        ad_group_id,
        criterion_id as keyword_id,
        keyword,
        match_type,

        ---------- numerics
        {{ from_micros('cost_micros') }} as spend_native,
        currency,
        cast(coalesce(impressions, 0) as decimal(18, 6)) as impressions,
        cast(coalesce(clicks, 0) as decimal(18, 6)) as clicks
    from figures
)

select * from final
