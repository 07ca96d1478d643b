-- Transitions of second order; those of first order are their sums over the previous member.
-- People who never converted have the same path under every type, so they are counted once.
with

steps as (

    select * from {{ ref('int_attribution__steps') }}

),

members as (

    select * from {{ ref('int_attribution__members') }}

),

converted_people as (

    select
        person_key,
        conversion_type
    from {{ ref('int_attribution__audiences') }}
    group by person_key, conversion_type

),

ever_converted as (

    select person_key
    from converted_people
    group by person_key

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
        left join ever_converted on steps.person_key = ever_converted.person_key
        where steps.conversion_type is null and ever_converted.person_key is null
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
        inner join ever_converted on steps.person_key = ever_converted.person_key
        cross join conversion_types
        left join converted_people
            on
                steps.person_key = converted_people.person_key
                and conversion_types.conversion_type = converted_people.conversion_type
        where steps.conversion_type is null and converted_people.person_key is null
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
            {{ dimension }}_never.next_member,
            '(null)' as outcome,
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
            next_member,
            '(null)' as outcome,
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
            next_member,
            '(conversion)' as outcome,
            transitions,
            coalesce(conversion_value, 0) as conversion_value
        from {{ dimension }}_converting
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

named as (

    select
        counted.conversion_type,
        counted.dimension,
        counted.bucket,
        coalesce(previous_members.member_key, '(start)') as previous_state,
        members.member_key as state,
        coalesce(next_members.member_key, counted.outcome) as next_state,
        counted.transitions,
        counted.conversion_value
    from counted
    inner join members
        on counted.dimension = members.dimension and counted.member = members.member_number
    left join members as previous_members
        on
            counted.dimension = previous_members.dimension
            and counted.previous_member = previous_members.member_number
    left join members as next_members
        on
            counted.dimension = next_members.dimension
            and counted.next_member = next_members.member_number

),

-- Every path starts once.
complete as (

    select * from named
    union all
    select
        conversion_type,
        dimension,
        bucket,
        '(none)' as previous_state,
        '(start)' as state,
        state as next_state,
        transitions,
        cast(0 as decimal(38, 6)) as conversion_value
    from named
    where previous_state = '(start)'

),

final as (

    select
        conversion_type,
        dimension,
        bucket,
        previous_state,
        state,
        next_state,
        cast(sum(transitions) as bigint) as transitions,
        cast(sum(conversion_value) as double) as conversion_value
    from complete
    group by conversion_type, dimension, bucket, previous_state, state, next_state

)

select * from final
