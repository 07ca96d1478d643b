{# Steps with what they add to the counts, which is `sign` or its opposite. A person who lacks a type
   of conversion has the same path under each: everybody's paths are counted once, without a type,
   and those of who has the type are taken off under it. #}
{% macro signed_steps(steps, converted_people, sign, condition='true') -%}
    select
        steps.path_number,
        steps.bucket,
        steps.conversion_type,
        steps.value,
        steps.previous_place,
        steps.place,
        steps.next_place,
        case
            when steps.conversion_type is null then {{ unconverted_state() }}
            else {{ conversion_state() }}
        end as end_state,
        {{ sign }} as sign
    from {{ steps }} as steps
    where {{ condition }}
    union all
    select
        steps.path_number,
        steps.bucket,
        converted_people.conversion_type,
        steps.value,
        steps.previous_place,
        steps.place,
        steps.next_place,
        {{ unconverted_state() }} as end_state,
        {{ -sign }} as sign
    from {{ steps }} as steps
    inner join {{ converted_people }} as converted_people
        on steps.path_number = converted_people.person_number
    where steps.conversion_type is null and {{ condition }}
{%- endmacro %}

{# What to count: the steps of everybody, or where counts are kept, what this run changed in them. #}
{% macro steps_to_count(only_changed) -%}
    {{ signed_steps(
        ref('int_attribution__steps'),
        ref('int_attribution__converted_people'),
        1,
        "steps.dbt_run = '" ~ invocation_id ~ "'" if only_changed else 'true'
    ) }}
    {%- if only_changed %}
    union all
    select * from {{ ref('int_attribution__replaced_steps') }}
    {%- endif %}
{%- endmacro %}
