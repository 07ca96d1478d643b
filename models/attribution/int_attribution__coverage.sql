-- Paths by the set of members on them, under each type of conversion.
{{ config(materialized='view') }}

with

set_counts as (

    select * from {{ ref('int_attribution__set_counts') }}

),

conversion_types as (

    select conversion_type
    from {{ ref('fct_conversions') }}
    group by conversion_type

),

by_type as (

    {{ under_each_type('set_counts', [
            'dimension', 'bucket', 'set_1', 'set_2', 'set_3', 'set_4', 'journeys', 'conversions',
            'conversion_value',
        ]) | indent(4) }}

),

summed as (

    select
        conversion_type,
        dimension,
        bucket,
        set_1,
        set_2,
        set_3,
        set_4,
        cast(sum(journeys) as bigint) as journeys,
        cast(sum(conversions) as bigint) as conversions,
        cast(sum(conversion_value) as double) as conversion_value
    from by_type
    group by conversion_type, dimension, bucket, set_1, set_2, set_3, set_4

),

final as (

    select * from summed
    where journeys <> 0

)

select * from final
