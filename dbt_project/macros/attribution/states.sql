{# States of a chain that are not members, as numbers below those of members. orchestration/attribution
   reads them by the same numbers; a test compares both. #}

{# What comes before a path's start. #}
{% macro no_state() -%}
    -1
{%- endmacro %}

{% macro start_state() -%}
    -2
{%- endmacro %}

{% macro conversion_state() -%}
    -3
{%- endmacro %}

{# The end of a path that did not convert. #}
{% macro unconverted_state() -%}
    -4
{%- endmacro %}
