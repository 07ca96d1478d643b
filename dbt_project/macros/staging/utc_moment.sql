{# The UTC moment of an ISO 8601 text inside a JSON value; without an offset it is UTC already.
   DuckDB's plain cast to TIMESTAMP would drop an offset: 20:17+02:00 became 20:17. #}
{% macro utc_moment(column) -%}
    {{ return(adapter.dispatch('utc_moment', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__utc_moment(column) -%}
    (cast({{ column }} as timestamptz) at time zone 'UTC')
{%- endmacro %}

{% macro spark__utc_moment(column) -%}
    cast({{ column }} as timestamp)
{%- endmacro %}
