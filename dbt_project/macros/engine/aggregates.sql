{# Aggregates whose names differ between engines. #}

{# The middle value, or halfway between the two in the middle. #}
{% macro median_of(column) -%}
    {{ return(adapter.dispatch('median_of', 'tributary')(column)) }}
{%- endmacro %}

{% macro default__median_of(column) -%}
    median({{ column }})
{%- endmacro %}

{# The bits that any row has. #}
{% macro any_bits(column) -%}
    {{ return(adapter.dispatch('any_bits', 'tributary')(column)) }}
{%- endmacro %}

{% macro default__any_bits(column) -%}
    bit_or({{ column }})
{%- endmacro %}

{# The bits that an odd number of rows have. #}
{% macro odd_bits(column) -%}
    {{ return(adapter.dispatch('odd_bits', 'tributary')(column)) }}
{%- endmacro %}

{% macro default__odd_bits(column) -%}
    bit_xor({{ column }})
{%- endmacro %}

{# The value below which a share of the values lies, by linear interpolation between two of them. #}
{% macro quantile_of(column, share) -%}
    {{ return(adapter.dispatch('quantile_of', 'tributary')(column, share)) }}
{%- endmacro %}

{% macro duckdb__quantile_of(column, share) -%}
    quantile_cont({{ column }}, {{ share }})
{%- endmacro %}

{% macro spark__quantile_of(column, share) -%}
    percentile({{ column }}, {{ share }})
{%- endmacro %}
