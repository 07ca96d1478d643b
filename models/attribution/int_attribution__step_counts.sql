-- Steps of second order, counted. States are member numbers, and below 0 start and ends (macros in
-- states.sql). A refresh adds what changed to what is kept.
-- depends_on: {{ ref('int_attribution__replaced_steps') }}
{% set only_changed = refreshes() %}
with

steps as (

    {{ steps_to_count(only_changed) | indent(4) }}

),

by_place as {{ materialized() }} (

    select
        conversion_type,
        end_state,
        bucket,
        previous_place,
        place,
        next_place,
        sum(sign) as transitions,
        sum(case when next_place is null then sign * coalesce(value, 0) else 0 end)
            as conversion_value
    from steps
    group by
        conversion_type, end_state, bucket, previous_place, place, next_place

),

by_member as (

    {% for dimension in ['lead_source', 'lead_channel'] %}
        select
            conversion_type,
            '{{ dimension }}' as dimension,
            bucket,
            coalesce({{ member_at('previous_place', dimension) }}, {{ start_state() }})
                as previous_state,
            {{ member_at('place', dimension) }} as state,
            coalesce({{ member_at('next_place', dimension) }}, end_state) as next_state,
            transitions,
            conversion_value
        from by_place
        {% if not loop.last or only_changed %}
            union all
        {% endif %}
    {% endfor %}
    {% if only_changed %}
        select * from {{ this }}
    {% endif %}

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
        cast(sum(conversion_value) as decimal(28, 6)) as conversion_value
    from by_member
    group by conversion_type, dimension, bucket, previous_state, state, next_state

),

final as (

    select * from summed
    where transitions <> 0

)

select * from final
