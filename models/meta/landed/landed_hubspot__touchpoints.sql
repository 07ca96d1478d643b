{{ config(materialized='ephemeral', enabled=delivered(by='hubspot')) }}

with

submissions as (

    select
        submission_id,
        min(submitted_at) as submitted_at
    from {{ source('hubspot', 'form_submissions') }}
    group by submission_id

),

final as (

    select
        'hubspot' as source_system,
        'form' as touch_type,
        submitted_at as occurred_at,
        cast(1 as bigint) as touches,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from submissions

)

select * from final
