-- Transitions of second order; those of first order are their sums over the previous member.
-- People who never converted have the same path under every type, so they are counted once.
{% set nothing, start, conversion, no_conversion = -1, -2, -3, -4 %}
with

steps as (

    select * from {{ ref('int_attribution__steps') }}

),

members as (

    select * from {{ ref('int_attribution__members') }}

),

converted_people as (

    select
        {{ hash_bigint('person_key') }} as person_number,
        conversion_type
    from {{ ref('int_attribution__audiences') }}
    group by person_key, conversion_type

),

ever_converted as (

    select person_number
    from converted_people
    group by person_number

),

conversion_types as (

    select conversion_type
    from {{ ref('fct_conversions') }}
    group by conversion_type

),

{% for dimension in ['lead_source', 'lead_channel'] %}
    {{ dimension }}_never as (

        select
            steps.bucket,
            steps.previous_{{ dimension }} as previous_member,
            steps.{{ dimension }} as member,
            steps.next_{{ dimension }} as next_member,
            count(*) as transitions
        from steps
        left join ever_converted on steps.person_number = ever_converted.person_number
        where steps.conversion_type is null and ever_converted.person_number is null
        group by
            steps.bucket,
            steps.previous_{{ dimension }},
            steps.{{ dimension }},
            steps.next_{{ dimension }}

    ),

    {{ dimension }}_lacking as (

        select
            conversion_types.conversion_type,
            steps.bucket,
            steps.previous_{{ dimension }} as previous_member,
            steps.{{ dimension }} as member,
            steps.next_{{ dimension }} as next_member,
            count(*) as transitions
        from steps
        inner join ever_converted on steps.person_number = ever_converted.person_number
        cross join conversion_types
        left join converted_people
            on
                steps.person_number = converted_people.person_number
                and conversion_types.conversion_type = converted_people.conversion_type
        where steps.conversion_type is null and converted_people.person_number is null
        group by
            conversion_types.conversion_type,
            steps.bucket,
            steps.previous_{{ dimension }},
            steps.{{ dimension }},
            steps.next_{{ dimension }}

    ),

    {{ dimension }}_converting as (

        select
            steps.conversion_type,
            steps.bucket,
            steps.previous_{{ dimension }} as previous_member,
            steps.{{ dimension }} as member,
            steps.next_{{ dimension }} as next_member,
            count(*) as transitions,
            sum(case when steps.next_{{ dimension }} is null then steps.value end)
                as conversion_value
        from steps
        where steps.conversion_type is not null
        group by
            steps.conversion_type,
            steps.bucket,
            steps.previous_{{ dimension }},
            steps.{{ dimension }},
            steps.next_{{ dimension }}

    ),
{% endfor %}

counted as (

    {% for dimension in ['lead_source', 'lead_channel'] %}
        select
            '{{ dimension }}' as dimension,
            conversion_types.conversion_type,
            {{ dimension }}_never.bucket,
            {{ dimension }}_never.previous_member,
            {{ dimension }}_never.member,
            coalesce({{ dimension }}_never.next_member, {{ no_conversion }}) as next_member,
            {{ dimension }}_never.transitions,
            cast(0 as decimal(38, 6)) as conversion_value
        from {{ dimension }}_never
        cross join conversion_types
        union all
        select
            '{{ dimension }}' as dimension,
            conversion_type,
            bucket,
            previous_member,
            member,
            coalesce(next_member, {{ no_conversion }}) as next_member,
            transitions,
            cast(0 as decimal(38, 6)) as conversion_value
        from {{ dimension }}_lacking
        union all
        select
            '{{ dimension }}' as dimension,
            conversion_type,
            bucket,
            previous_member,
            member,
            coalesce(next_member, {{ conversion }}) as next_member,
            transitions,
            coalesce(conversion_value, 0) as conversion_value
        from {{ dimension }}_converting
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

summed as {{ materialized() }} (

    select
        dimension,
        conversion_type,
        bucket,
        coalesce(previous_member, {{ start }}) as previous_member,
        member,
        next_member,
        sum(transitions) as transitions,
        sum(conversion_value) as conversion_value
    from counted
    group by
        dimension,
        conversion_type,
        bucket,
        coalesce(previous_member, {{ start }}),
        member,
        next_member

),

-- Every path starts once.
complete as (

    select * from summed
    union all
    select
        dimension,
        conversion_type,
        bucket,
        {{ nothing }} as previous_member,
        {{ start }} as member,
        member as next_member,
        sum(transitions) as transitions,
        cast(0 as decimal(38, 6)) as conversion_value
    from summed
    where previous_member = {{ start }}
    group by dimension, conversion_type, bucket, member

),

states as (

    select
        dimension,
        member_number,
        member_key as state
    from members
    {% for dimension in ['lead_source', 'lead_channel'] %}
        {% for number, name in [
            (nothing, '(none)'), (start, '(start)'),
            (conversion, '(conversion)'), (no_conversion, '(null)'),
        ] %}
            union all
            select
                '{{ dimension }}' as dimension,
                {{ number }} as member_number,
                '{{ name }}' as state
        {% endfor %}
    {% endfor %}

),

final as (

    select
        complete.conversion_type,
        complete.dimension,
        complete.bucket,
        previous_states.state as previous_state,
        states.state,
        next_states.state as next_state,
        cast(complete.transitions as bigint) as transitions,
        cast(complete.conversion_value as double) as conversion_value
    from complete
    inner join states
        on complete.dimension = states.dimension and complete.member = states.member_number
    inner join states as previous_states
        on
            complete.dimension = previous_states.dimension
            and complete.previous_member = previous_states.member_number
    inner join states as next_states
        on
            complete.dimension = next_states.dimension
            and complete.next_member = next_states.member_number

)

select * from final
