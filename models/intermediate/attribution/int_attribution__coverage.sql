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

words as (

    select
        dimension,
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

),

places as (

    select
        {{ place('lead_sources.member_number', 'lead_channels.member_number') }} as place,
        {% for word in range(1, 5) %}
            lead_sources.word_{{ word }} as lead_source_{{ word }},
            lead_channels.word_{{ word }} as lead_channel_{{ word }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from words as lead_sources
    cross join words as lead_channels
    where lead_sources.dimension = 'lead_source' and lead_channels.dimension = 'lead_channel'

),

sets as {{ materialized() }} (

    select
        steps.path_number,
        max(steps.person_number) as person_number,
        max(steps.conversion_type) as conversion_type,
        max(steps.value) as value,
        {% for word in range(1, 5) %}
            bit_or(places.lead_source_{{ word }}) as lead_source_{{ word }},
            bit_or(places.lead_channel_{{ word }}) as lead_channel_{{ word }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from steps
    inner join places on steps.place = places.place
    group by steps.path_number

),

-- A person who lacks a type has the same path under each: everybody's paths are counted once, and
-- those of who has the type are taken off.
{% for dimension in ['lead_source', 'lead_channel'] %}
    {% set bits %}
        sets.{{ dimension }}_1, sets.{{ dimension }}_2, sets.{{ dimension }}_3, sets.{{ dimension }}_4
    {%- endset %}
    by_{{ dimension }} as (

        select
            sets.conversion_type,
            '{{ dimension }}' as dimension,
            {{ bucket('sets.person_number') }} as bucket,
            {% for word in range(1, 5) %}
                sets.{{ dimension }}_{{ word }} as set_{{ word }},
            {% endfor %}
            count(*) as journeys,
            count(sets.conversion_type) as conversions,
            coalesce(sum(sets.value), 0) as conversion_value
        from sets
        group by sets.conversion_type, {{ bucket('sets.person_number') }}, {{ bits }}
        union all
        select
            converted_people.conversion_type,
            '{{ dimension }}' as dimension,
            {{ bucket('sets.person_number') }} as bucket,
            {% for word in range(1, 5) %}
                sets.{{ dimension }}_{{ word }} as set_{{ word }},
            {% endfor %}
            -count(*) as journeys,
            0 as conversions,
            cast(0 as decimal(38, 6)) as conversion_value
        from sets
        inner join converted_people on sets.person_number = converted_people.person_number
        where sets.conversion_type is null
        group by converted_people.conversion_type, {{ bucket('sets.person_number') }}, {{ bits }}

    ),
{% endfor %}

by_member as {{ materialized() }} (

    select * from by_lead_source
    union all
    select * from by_lead_channel

),

by_type as (

    {{ under_each_type('by_member', [
            'dimension', 'bucket', 'set_1', 'set_2', 'set_3', 'set_4', 'journeys', 'conversions',
            'conversion_value',
        ]) | indent(4) }}

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
    from by_type
    group by conversion_type, dimension, bucket, set_1, set_2, set_3, set_4
    having sum(journeys) <> 0

)

select * from final
