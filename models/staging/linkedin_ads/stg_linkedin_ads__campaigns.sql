{{ config(enabled=delivered(by='linkedin_ads')) }}

with

campaigns as (
    select * from {{ source('linkedin_ads', 'campaigns') }}
),

final as (
    select
        ---------- ids
        'linkedin_ads' as source_system,
        'linkedin_ads' as platform,
        account_id,
        campaign_id,

        ---------- strings
        campaign_name,
        objective as campaign_type,
        status,

        ---------- timestamps
        _extracted_at as observed_at,
        _sequence as sequence
    from campaigns
)

select * from final
