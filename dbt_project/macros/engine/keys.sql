{# A text key over columns. Each value is written with its length before it, and null as a sign of
   its own, so that no value can pretend to be two, or none. #}
{% macro surrogate_key(columns) -%}
    {{ return(adapter.dispatch('surrogate_key', 'tributary')(columns)) }}
{%- endmacro %}

{% macro default__surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        {%- set value = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' %}
        coalesce(cast(length({{ value }}) as {{ dbt.type_string() }}) || ':' || {{ value }}, '-')
        {%- if not loop.last %} ||{% endif %}
        {%- endfor %}
    )
{%- endmacro %}

{# Values of any type as one text, with a sign between them; nulls are left out. #}
{% macro joined_text(columns) -%}
    {{ return(adapter.dispatch('joined_text', 'tributary')(columns)) }}
{%- endmacro %}

{% macro default__joined_text(columns) -%}
    concat_ws('|', {{ columns | join(', ') }})
{%- endmacro %}

{# The number that a text of at most three hexadecimal digits stands for. #}
{% macro hex_number(digits) -%}
    {{ return(adapter.dispatch('hex_number', 'tributary')(digits)) }}
{%- endmacro %}

{% macro duckdb__hex_number(digits) -%}
    cast('0x' || {{ digits }} as smallint)
{%- endmacro %}

{% macro spark__hex_number(digits) -%}
    cast(conv({{ digits }}, 16, 10) as smallint)
{%- endmacro %}

{# A number for comparing and joining, never published and behind no published figure: engines hash
   differently. #}
{% macro hash_bigint(column) -%}
    {{ return(adapter.dispatch('hash_bigint', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__hash_bigint(column) -%}
    cast(hash({{ column }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__hash_bigint(column) -%}
    xxhash64({{ column }})
{%- endmacro %}

{# The same over several columns, in which null is a value like any other. #}
{% macro row_fingerprint(columns) -%}
    {{ return(adapter.dispatch('row_fingerprint', 'tributary')(columns)) }}
{%- endmacro %}

{% macro duckdb__row_fingerprint(columns) -%}
    {{ hash_bigint(columns | join(', ')) }}
{%- endmacro %}

{# xxhash64 leaves nulls out. #}
{% macro spark__row_fingerprint(columns) -%}
    {%- set told = [] -%}
    {%- for column in columns -%}
        {%- do told.extend([column ~ ' is null', column]) -%}
    {%- endfor -%}
    {{ hash_bigint(told | join(', ')) }}
{%- endmacro %}

{# Written between `as` and a common table expression that is used more than once, so that it is
   computed once. Spark has no such word; there such a model is better cached. #}
{% macro materialized() -%}
    {{ return(adapter.dispatch('materialized', 'tributary')()) }}
{%- endmacro %}

{% macro duckdb__materialized() -%}
    materialized
{%- endmacro %}

{% macro spark__materialized() -%}
{%- endmacro %}
