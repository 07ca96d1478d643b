{{ config(enabled=delivered(by='meta_ads')) }}

with

campaigns as (
    select * from {{ source('meta_ads', 'campaigns') }}
),

final as (
    select
        ---------- ids
        'meta_ads' as source_system,
        'meta_ads' as platform,
        account_id,
        campaign_id,

        ---------- strings
        campaign_name,
        objective as campaign_type,
        effective_status as status,

        ---------- timestamps
        _extracted_at as observed_at,
        _sequence as sequence
    from campaigns
)

select * from final
