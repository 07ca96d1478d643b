{# An advertising account's id as it compares: 222-222-2222 is 2222222222, act_55 is 55, none is ''. #}
{% macro account_key(column) -%}
    {{ regex_replace("lower(trim(coalesce(" ~ column ~ ", '')))", "'^act_|[ -]'", "''") }}
{%- endmacro %}
