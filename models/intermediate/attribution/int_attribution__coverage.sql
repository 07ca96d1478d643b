-- A path's set of members as bits: what a game over sets needs to know of it.
with

steps as (

    select * from {{ ref('int_attribution__steps') }}

),

members as (

    select * from {{ ref('int_attribution__member_bits') }}

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

{% for dimension in ['lead_source', 'lead_channel'] %}
    {{ dimension }}_bits as (

        select
            member_number,
            {% for word in range(4) %}
                cast(
                    case
                        when bit >= {{ word * 62 }} and bit < {{ word * 62 + 62 }}
                            then power(cast(2 as double), bit - {{ word * 62 }})
                        else 0
                    end as bigint
                ) as word_{{ word + 1 }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from members
        where dimension = '{{ dimension }}'

    ),
{% endfor %}

sets as {{ materialized() }} (

    select
        steps.path_number,
        max(steps.person_number) as person_number,
        max(steps.conversion_type) as conversion_type,
        max(steps.bucket) as bucket,
        max(steps.value) as value,
        {% for dimension in ['lead_source', 'lead_channel'] %}
            {% set comma = loop.last %}
            {% for word in range(1, 5) %}
                bit_or({{ dimension }}_bits.word_{{ word }}) as {{ dimension }}_{{ word }}
                {%- if not (loop.last and comma) %},{% endif %}
            {% endfor %}
        {% endfor %}
    from steps
    inner join lead_source_bits on steps.lead_source = lead_source_bits.member_number
    inner join lead_channel_bits on steps.lead_channel = lead_channel_bits.member_number
    group by steps.path_number

),

paths as (

    {% for dimension in ['lead_source', 'lead_channel'] %}
        select
            '{{ dimension }}' as dimension,
            person_number,
            conversion_type,
            bucket,
            value,
            {% for word in range(1, 5) %}
                {{ dimension }}_{{ word }} as set_{{ word }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from sets
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

unconverted as (

    select
        paths.dimension,
        paths.person_number,
        conversion_types.conversion_type,
        paths.bucket,
        paths.set_1,
        paths.set_2,
        paths.set_3,
        paths.set_4
    from paths
    cross join conversion_types
    left join converted_people
        on
            paths.person_number = converted_people.person_number
            and conversion_types.conversion_type = converted_people.conversion_type
    where paths.conversion_type is null and converted_people.person_number is null

),

counted as (

    select
        conversion_type,
        dimension,
        bucket,
        set_1,
        set_2,
        set_3,
        set_4,
        count(*) as journeys,
        0 as conversions,
        cast(0 as decimal(38, 6)) as conversion_value
    from unconverted
    group by conversion_type, dimension, bucket, set_1, set_2, set_3, set_4
    union all
    select
        conversion_type,
        dimension,
        bucket,
        set_1,
        set_2,
        set_3,
        set_4,
        count(*) as journeys,
        count(*) as conversions,
        coalesce(sum(value), 0) as conversion_value
    from paths
    where conversion_type is not null
    group by conversion_type, dimension, bucket, set_1, set_2, set_3, set_4

),

final as (

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
    from counted
    group by conversion_type, dimension, bucket, set_1, set_2, set_3, set_4

)

select * from final
