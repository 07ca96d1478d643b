{{ config(materialized='ephemeral', enabled=delivered(by='meta_leads')) }}

with

final as (

    select
        'meta_leads' as source_system,
        'meta_leads' as stated_by,
        lead_id,
        min(created_at) as created_at,
        cast(null as {{ dbt.type_string() }}) as crm_lead_source
    from {{ source('meta_leads', 'leads') }}
    group by lead_id

)

select * from final
