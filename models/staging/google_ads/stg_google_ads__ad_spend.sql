{{ config(enabled=delivered(by='google_ads')) }}

with

account_days as (
    {{ newest_report_rows(
        source('google_ads', 'account_days'), 'google_ads', 'account_days', 'date_day'
    ) }}
),

campaign_days as (
    {{ newest_report_rows(
        source('google_ads', 'campaign_days'), 'google_ads', 'campaign_days', 'date_day'
    ) }}
),

ad_group_days as (
    {{ newest_report_rows(
        source('google_ads', 'ad_group_days'), 'google_ads', 'ad_group_days', 'date_day'
    ) }}
),

ad_days as (
    {{ newest_report_rows(
        source('google_ads', 'ad_days'), 'google_ads', 'ad_days', 'date_day'
    ) }}
),

grains as (
    select
        'account' as grain,
        customer_id,
        date_day,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        cast(null as {{ dbt.type_string() }}) as campaign_type,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_name,
        cast(null as {{ dbt.type_string() }}) as ad_id,
        cast(null as {{ dbt.type_string() }}) as ad_name,
        currency,
        cost_micros,
        impressions,
        clicks,
        conversions,
        _sequence,
        _extracted_at
    from account_days

    union all

    select
        'campaign' as grain,
        customer_id,
        date_day,
        campaign_id,
        campaign_name,
        campaign_type,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_name,
        cast(null as {{ dbt.type_string() }}) as ad_id,
        cast(null as {{ dbt.type_string() }}) as ad_name,
        currency,
        cost_micros,
        impressions,
        clicks,
        conversions,
        _sequence,
        _extracted_at
    from campaign_days

    union all

    select
        'ad_group' as grain,
        customer_id,
        date_day,
        campaign_id,
        campaign_name,
        campaign_type,
        ad_group_id,
        ad_group_name,
        cast(null as {{ dbt.type_string() }}) as ad_id,
        cast(null as {{ dbt.type_string() }}) as ad_name,
        currency,
        cost_micros,
        impressions,
        clicks,
        conversions,
        _sequence,
        _extracted_at
    from ad_group_days

    union all

    select
        'ad' as grain,
        customer_id,
        date_day,
        campaign_id,
        campaign_name,
        campaign_type,
        ad_group_id,
        ad_group_name,
        ad_id,
        ad_name,
        currency,
        cost_micros,
        impressions,
        clicks,
        conversions,
        _sequence,
        _extracted_at
    from ad_days
),

final as (
    select
        ---------- ids
        'google_ads' as source_system,
        'google_ads' as platform,
        customer_id as account_id,
        date_day,
        grain,
        campaign_id,
        campaign_name,
        campaign_type,
        ad_group_id,
        ad_group_name,
        ad_id,
        ad_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,

        ---------- numerics
        {{ from_micros('cost_micros') }} as spend_native,
        currency,
        cast(coalesce(impressions, 0) as decimal(18, 6)) as impressions,
        cast(coalesce(clicks, 0) as decimal(18, 6)) as clicks,
        cast(coalesce(conversions, 0) as decimal(18, 6)) as platform_conversions,

        ---------- what is newer
        'google_ads' as stated_by,
        _sequence as sequence,
        _extracted_at as read_at,
        false as is_additive
    from grains
)

select * from final
