{{ config(meta={'dagster': {'ref': {'name': 'identity'}}}) }}

-- Returns rows = failure. meta.identity counts other touches than core.fct_touchpoints has, or puts
-- a touch into two outcomes or into none.
with

counted as (

    select
        cast(coalesce(sum(touches), 0) as bigint) as touches,
        cast(
            coalesce(sum(touches_of_leads + touches_anonymous + touches_unresolved), 0) as bigint
        ) as outcomes
    from {{ ref('identity') }}

),

totals as (

    select touches
    from {{ ref('identity_totals') }}

)

select
    totals.touches,
    counted.touches as counted_touches,
    counted.outcomes
from totals
cross join counted
where totals.touches <> counted.touches or totals.touches <> counted.outcomes
