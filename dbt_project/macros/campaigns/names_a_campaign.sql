{# False for what analytics tools write instead of nothing, and for a template that was never filled in. #}
{% macro names_a_campaign(column) -%}
    lower({{ column }}) not in (
        '(not set)', '(none)', '(organic)', '(direct)', '(referral)', '(not provided)'
    )
    and not {{ is_template(column) }}
{%- endmacro %}
