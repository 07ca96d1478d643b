{{ config(materialized='ephemeral', enabled=delivered(by='matomo')) }}

with

visits as (

    select
        visit_id,
        started_at,
        row_number() over (
            partition by visit_id order by _sequence desc, _row_number desc
        ) as row_rank
    from {{ source('matomo', 'visits') }}

),

final as (

    select
        'matomo' as source_system,
        'visit' as touch_type,
        started_at as occurred_at,
        cast(1 as bigint) as touches,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from visits
    where row_rank = 1

)

select * from final
