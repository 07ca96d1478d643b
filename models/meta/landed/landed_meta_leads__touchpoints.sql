{{ config(materialized='ephemeral', enabled=delivered(by='meta_leads')) }}

with

filled_in as (

    select
        lead_id,
        min(created_at) as created_at
    from {{ source('meta_leads', 'leads') }}
    group by lead_id

),

final as (

    select
        'meta_leads' as source_system,
        'form' as touch_type,
        created_at as occurred_at,
        cast(1 as bigint) as touches,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from filled_in

)

select * from final
