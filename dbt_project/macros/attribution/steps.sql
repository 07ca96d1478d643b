{# Steps with what they add to the counts (`sign`): of the paths that this run computes, or of all. A
   person who lacks a type of conversion has the same path under each: everybody's paths are counted
   once, without a type, and those of who has the type are taken off under it. Where counts are kept,
   what replaced paths added to them is taken off as well. #}
{% macro signed_steps(only_changed) -%}
    select
        steps.path_number,
        steps.person_number,
        steps.conversion_type,
        steps.value,
        steps.previous_place,
        steps.place,
        steps.next_place,
        case when steps.conversion_type is null then -4 else -3 end as end_state,
        1 as sign
    from {{ ref('int_attribution__steps') }} as steps
    {%- if only_changed %}
    where steps.dbt_run = '{{ invocation_id }}'
    {%- endif %}
    union all
    select
        steps.path_number,
        steps.person_number,
        converted_people.conversion_type,
        steps.value,
        steps.previous_place,
        steps.place,
        steps.next_place,
        -4 as end_state,
        -1 as sign
    from {{ ref('int_attribution__steps') }} as steps
    inner join {{ ref('int_attribution__converted_people') }} as converted_people
        on steps.person_number = converted_people.person_number
    where
        steps.conversion_type is null
        {%- if only_changed %}
        and steps.dbt_run = '{{ invocation_id }}'
        {%- endif %}
    {%- if only_changed %}
    union all
    select * from {{ ref('int_attribution__replaced_steps') }}
    {%- endif %}
{%- endmacro %}
