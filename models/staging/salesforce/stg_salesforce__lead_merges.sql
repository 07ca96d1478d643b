{{ config(enabled=delivered(by='salesforce')) }}

with

final as (

    select
        'salesforce' as source_system,
        record_id as merged_lead_id,
        lead_id as surviving_lead_id
    from {{ ref('stg_salesforce__people') }}
    where record_id <> lead_id and (is_merged or not is_gone)

)

select * from final
