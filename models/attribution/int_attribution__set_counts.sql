-- Paths by the set of members on them, as bits, counted: what a game over sets needs to know. A
-- refresh adds what changed to what is kept, unless members could have changed their bits.
-- depends_on: {{ ref('int_attribution__replaced_steps') }}
-- depends_on: {{ ref('int_attribution__members') }}
{% set only_changed = refreshes() and bits_stay() %}
{% set dimensions = ['lead_source', 'lead_channel'] %}
{% set word_bits, words, used = bits_of_a_word(), words_of_a_set(), words_in_use() %}
with

steps as (

    {{ steps_to_count(only_changed) | indent(4) }}

),

members as (

    select * from {{ ref('int_attribution__member_bits') }}

),

words as (

    select
        dimension,
        member_number,
        {% for word in range(used) %}
            cast(
                case
                    when bit >= {{ word * word_bits }} and bit < {{ (word + 1) * word_bits }}
                        then power(cast(2 as double), bit - {{ word * word_bits }})
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
        {% for word in range(1, used + 1) %}
            lead_sources.word_{{ word }} as lead_source_{{ word }},
            lead_channels.word_{{ word }} as lead_channel_{{ word }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from words as lead_sources
    cross join words as lead_channels
    where lead_sources.dimension = 'lead_source' and lead_channels.dimension = 'lead_channel'

),

sets as (

    select
        steps.path_number,
        steps.conversion_type,
        steps.sign,
        max(steps.bucket) as bucket,
        max(steps.end_state) as end_state,
        max(steps.value) as value,
        {% for word in range(1, used + 1) %}
            {{ any_bits('places.lead_source_' ~ word) }} as lead_source_{{ word }},
            {{ any_bits('places.lead_channel_' ~ word) }} as lead_channel_{{ word }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from steps
    inner join places on steps.place = places.place
    group by steps.path_number, steps.conversion_type, steps.sign

),

-- Many paths have the same members under both dimensions: once counted, there are few.
counted as {{ materialized() }} (

    select
        conversion_type,
        bucket,
        {% for dimension in dimensions %}
            {% for word in range(1, used + 1) %}
                {{ dimension }}_{{ word }},
            {% endfor %}
        {% endfor %}
        sum(sign) as journeys,
        sum(case when end_state = {{ conversion_state() }} then sign else 0 end) as conversions,
        sum(sign * coalesce(value, 0)) as conversion_value
    from sets
    group by
        conversion_type,
        {% for dimension in dimensions %}
            {% for word in range(1, used + 1) %}
                {{ dimension }}_{{ word }},
            {% endfor %}
        {% endfor %}
        bucket

),

by_member as (

    {% for dimension in dimensions %}
        select
            conversion_type,
            '{{ dimension }}' as dimension,
            bucket,
            {% for word in range(1, words + 1) %}
                {% if word <= used %}{{ dimension }}_{{ word }}{% else %}cast(0 as bigint){% endif %}
                    as set_{{ word }},
            {% endfor %}
            journeys,
            conversions,
            conversion_value
        from counted
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
        set_1,
        set_2,
        set_3,
        set_4,
        cast(sum(journeys) as bigint) as journeys,
        cast(sum(conversions) as bigint) as conversions,
        cast(sum(conversion_value) as decimal(28, 6)) as conversion_value
    from by_member
    group by conversion_type, dimension, bucket, set_1, set_2, set_3, set_4

),

final as (

    select * from summed
    where journeys <> 0 or conversions <> 0

)

select * from final
