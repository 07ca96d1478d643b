{# What identifies an account in a source: its id, or its name where the source has no ids. #}
{% macro account_ref(account_id, account_name) -%}
    coalesce(nullif(trim({{ account_id }}), ''), 'name:' || nullif(lower(trim({{ account_name }})), ''))
{%- endmacro %}
