{# A row of meta.reconciliation in words, for the message of a test. #}
{% macro difference_in_words() -%}
{{ adapter.quote('check') }} || ', ' || period || ', ' || subject || ': '
    || cast(cast({{ adapter.quote('left') }} as double) as {{ dbt.type_string() }}) || ' against '
    || cast(cast({{ adapter.quote('right') }} as double) as {{ dbt.type_string() }}) || ' (' || unit || ')'
{%- endmacro %}
