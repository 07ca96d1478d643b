-- Steps of second order, counted. States are member numbers, and below 0 start and ends (macros in
-- states.sql). A refresh adds what changed to what is kept. Those of everybody, ten million for
-- hundreds of each kind, are grouped by numbers alone.
-- depends_on: {{ ref('int_attribution__replaced_steps') }}
{% set only_changed = refreshes() %}
{% set dimensions = ['lead_source', 'lead_channel'] %}
with

steps as (

    {{ steps_to_count(only_changed) | indent(4) }}

),

everyone as {{ materialized() }} (

    select
        bucket,
        previous_place,
        place,
        next_place,
        sum(sign) as transitions
    from steps
    where conversion_type is null
    group by bucket, previous_place, place, next_place

),

typed as {{ materialized() }} (

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
    where conversion_type is not null
    group by
        conversion_type, end_state, bucket, previous_place, place, next_place

),

{% for dimension in dimensions %}
    everyone_by_{{ dimension }} as (

        select
            bucket,
            coalesce({{ member_at('previous_place', dimension) }}, {{ start_state() }})
                as previous_state,
            {{ member_at('place', dimension) }} as state,
            coalesce({{ member_at('next_place', dimension) }}, {{ unconverted_state() }})
                as next_state,
            transitions
        from everyone
        {% if only_changed %}
            union all
            select
                bucket,
                previous_state,
                state,
                next_state,
                transitions
            from {{ this }}
            where conversion_type is null and dimension = '{{ dimension }}'
        {% endif %}

    ),

    typed_by_{{ dimension }} as (

        select
            conversion_type,
            bucket,
            coalesce({{ member_at('previous_place', dimension) }}, {{ start_state() }})
                as previous_state,
            {{ member_at('place', dimension) }} as state,
            coalesce({{ member_at('next_place', dimension) }}, end_state) as next_state,
            transitions,
            conversion_value
        from typed
        {% if only_changed %}
            union all
            select
                conversion_type,
                bucket,
                previous_state,
                state,
                next_state,
                transitions,
                conversion_value
            from {{ this }}
            where conversion_type is not null and dimension = '{{ dimension }}'
        {% endif %}

    ),

{% endfor %}

summed as (

    {% for dimension in dimensions %}
        select
            cast(null as {{ dbt.type_string() }}) as conversion_type,
            '{{ dimension }}' as dimension,
            bucket,
            previous_state,
            state,
            next_state,
            cast(sum(transitions) as bigint) as transitions,
            cast(0 as decimal(28, 6)) as conversion_value
        from everyone_by_{{ dimension }}
        group by bucket, previous_state, state, next_state
        union all
        select
            conversion_type,
            '{{ dimension }}' as dimension,
            bucket,
            previous_state,
            state,
            next_state,
            cast(sum(transitions) as bigint) as transitions,
            cast(sum(conversion_value) as decimal(28, 6)) as conversion_value
        from typed_by_{{ dimension }}
        group by conversion_type, bucket, previous_state, state, next_state
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select * from summed
    where transitions <> 0

)

select * from final
