{# A row of meta.reconciliation in words, for the message of a test. #}
{% macro told_difference() -%}
"check" || ', ' || period || ', ' || subject || ': '
    || cast(cast("left" as double) as {{ dbt.type_string() }}) || ' against '
    || cast(cast("right" as double) as {{ dbt.type_string() }}) || ' (' || unit || ')'
{%- endmacro %}
