{# False for what analytics tools write instead of nothing, and for a template that nobody filled in
   (an opening brace as in {campaignid}). #}
{% macro names_a_campaign(column) -%}
    lower({{ column }}) not in (
        '(not set)', '(none)', '(organic)', '(direct)', '(referral)', '(not provided)'
    )
    and substring({{ column }}, 1, 1) <> '{'
{%- endmacro %}
