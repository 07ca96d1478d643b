{{ config(enabled=delivered(by='google_ads')) }}

with

clicks as (
    {{ distinct_events(source('google_ads', 'clicks'), ['gclid']) }}
),

final as (
    select
        ---------- ids
        'google_ads' as platform,
        customer_id as account_id,
        gclid as click_id,
        'gclid' as click_id_type,
        date_day,
        campaign_id,
        ad_group_id,

        -- customers/CUSTOMER/adGroupAds/AD_GROUP~AD
        nullif({{ regex_extract('ad_resource_name', "'~([0-9]+)$'") }}, '') as ad_id,

        ---------- strings
        keyword
    from clicks
)

select * from final
