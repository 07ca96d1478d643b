-- Transitions of second order under each type of conversion; those of first order are their sums
-- over the previous member. States are member numbers, and below 0 start and ends (macros in
-- states.sql).
{{ config(materialized='view') }}

with

step_counts as (

    select * from {{ ref('int_attribution__step_counts') }}

),

conversion_types as (

    select conversion_type
    from {{ ref('fct_conversions') }}
    group by conversion_type

),

by_type as (

    {{ under_each_type('step_counts', [
            'dimension', 'bucket', 'previous_state', 'state', 'next_state', 'transitions',
            'conversion_value',
        ]) | indent(4) }}

),

summed as (

    select
        conversion_type,
        dimension,
        bucket,
        previous_state,
        state,
        next_state,
        cast(sum(transitions) as bigint) as transitions,
        cast(sum(conversion_value) as double) as conversion_value
    from by_type
    group by conversion_type, dimension, bucket, previous_state, state, next_state

),

counted as {{ materialized() }} (

    select * from summed
    where transitions <> 0

),

-- Every path starts once.
final as (

    select * from counted
    union all
    select
        conversion_type,
        dimension,
        bucket,
        {{ no_state() }} as previous_state,
        {{ start_state() }} as state,
        state as next_state,
        cast(sum(transitions) as bigint) as transitions,
        cast(0 as double) as conversion_value
    from counted
    where previous_state = {{ start_state() }}
    group by conversion_type, dimension, bucket, state

)

select * from final
