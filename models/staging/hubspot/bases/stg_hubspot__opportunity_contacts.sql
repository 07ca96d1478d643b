{{ config(enabled=delivered(by='hubspot')) }}

with

final as (

    select
        'hubspot' as source_system,
        deal_id as opportunity_id,
        contact_id as lead_id
    from {{ ref('stg_hubspot__deal_contacts') }}

)

select * from final
