{# Counted rows under the types of conversion that they belong to: those without a type cover
   everyone, and belong to each. Needs the relation `conversion_types`. #}
{% macro under_each_type(relation, columns) -%}
    select
        conversion_type,
        {{ columns | join(', ') }}
    from {{ relation }}
    where conversion_type is not null
    union all
    select
        conversion_types.conversion_type,
        {% for column in columns -%}
            {{ relation }}.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    cross join conversion_types
    where {{ relation }}.conversion_type is null
{%- endmacro %}
