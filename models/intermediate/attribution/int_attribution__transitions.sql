-- Transitions of second order; those of first order are their sums over the previous member. States
-- are member numbers, and below 0 what is none: -1 nothing, -2 the start, -3 the conversion, -4 the
-- end without one.
with

steps as (

    select * from {{ ref('int_attribution__steps') }}

),

converted_people as (

    select
        {{ hash_bigint('person_key') }} as person_number,
        conversion_type
    from {{ ref('int_attribution__audiences') }}
    group by person_key, conversion_type

),

conversion_types as (

    select conversion_type
    from {{ ref('fct_conversions') }}
    group by conversion_type

),

-- A person who lacks a type has the same path under each: everybody's paths are counted once, and
-- those of who has the type are taken off.
counted as (

    select
        cast(null as {{ dbt.type_string() }}) as conversion_type,
        -4 as end_state,
        {{ bucket('person_number') }} as bucket,
        previous_place,
        place,
        next_place,
        count(*) as transitions,
        cast(0 as decimal(38, 6)) as conversion_value
    from steps
    where conversion_type is null
    group by {{ bucket('person_number') }}, previous_place, place, next_place

    union all

    select
        converted_people.conversion_type,
        -4 as end_state,
        {{ bucket('steps.person_number') }} as bucket,
        steps.previous_place,
        steps.place,
        steps.next_place,
        -count(*) as transitions,
        cast(0 as decimal(38, 6)) as conversion_value
    from steps
    inner join converted_people on steps.person_number = converted_people.person_number
    where steps.conversion_type is null
    group by
        converted_people.conversion_type,
        {{ bucket('steps.person_number') }},
        steps.previous_place,
        steps.place,
        steps.next_place

    union all

    select
        conversion_type,
        -3 as end_state,
        {{ bucket('person_number') }} as bucket,
        previous_place,
        place,
        next_place,
        count(*) as transitions,
        coalesce(sum(case when next_place is null then value end), 0) as conversion_value
    from steps
    where conversion_type is not null
    group by
        conversion_type, {{ bucket('person_number') }}, previous_place, place, next_place

),

{% for dimension in ['lead_source', 'lead_channel'] %}
    by_{{ dimension }} as (

        select
            '{{ dimension }}' as dimension,
            conversion_type,
            bucket,
            coalesce({{ member_at('previous_place', dimension) }}, -2) as previous_state,
            {{ member_at('place', dimension) }} as state,
            coalesce({{ member_at('next_place', dimension) }}, end_state) as next_state,
            sum(transitions) as transitions,
            sum(conversion_value) as conversion_value
        from counted
        group by
            conversion_type,
            bucket,
            coalesce({{ member_at('previous_place', dimension) }}, -2),
            {{ member_at('place', dimension) }},
            coalesce({{ member_at('next_place', dimension) }}, end_state)

    ),
{% endfor %}

by_member as {{ materialized() }} (

    select * from by_lead_source
    union all
    select * from by_lead_channel

),

by_type as (

    {{ under_each_type('by_member', [
            'dimension', 'bucket', 'previous_state', 'state', 'next_state', 'transitions',
            'conversion_value',
        ]) | indent(4) }}

),

summed as {{ materialized() }} (

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
    having sum(transitions) <> 0

),

-- Every path starts once.
final as (

    select * from summed
    union all
    select
        conversion_type,
        dimension,
        bucket,
        -1 as previous_state,
        -2 as state,
        state as next_state,
        cast(sum(transitions) as bigint) as transitions,
        cast(0 as double) as conversion_value
    from summed
    where previous_state = -2
    group by conversion_type, dimension, bucket, state

)

select * from final
