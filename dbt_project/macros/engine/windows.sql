{# The last value before the current row that is not null. `window` is the name of a window whose
   frame ends before the current row. #}
{% macro last_known(value, window) -%}
    {{ return(adapter.dispatch('last_known', 'tributary')(value, window)) }}
{%- endmacro %}

{% macro duckdb__last_known(value, window) -%}
    last_value({{ value }} ignore nulls) over {{ window }}
{%- endmacro %}

{% macro spark__last_known(value, window) -%}
    last_value({{ value }}, true) over {{ window }}
{%- endmacro %}
