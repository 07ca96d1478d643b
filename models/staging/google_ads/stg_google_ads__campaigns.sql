{{ config(enabled=delivered(by='google_ads')) }}

with

campaigns as (
    select * from {{ source('google_ads', 'campaigns') }}
),

final as (
    select
        ---------- ids
        'google_ads' as source_system,
        'google_ads' as platform,
        customer_id as account_id,
        campaign_id,

        ---------- strings
        campaign_name,
        campaign_type,
        status,

        ---------- timestamps
        _extracted_at as observed_at,
        _sequence as sequence
    from campaigns
)

select * from final
