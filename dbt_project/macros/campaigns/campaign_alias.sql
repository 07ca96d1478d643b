{# A campaign's name as different tools spell it: its code, or itself where it is of symbols alone. #}
{% macro campaign_alias(column) -%}
    coalesce({{ normalized_code(column) }}, nullif(lower(trim({{ column }})), ''))
{%- endmacro %}
