{{ config(enabled=delivered(by='salesforce')) }}

with

final as (

    select
        ---------- ids
        'salesforce' as source_system,
        'salesforce' as platform,
        account_id,
        campaign_id,

        ---------- strings
        campaign_name,
        campaign_type,
        status,

        ---------- timestamps
        observed_at,
        sequence
    from {{ ref('stg_salesforce__campaign_versions') }}

)

select * from final
