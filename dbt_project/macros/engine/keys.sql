{# A text key over columns. Null and '' differ, and so do ('ab', 'c') and ('a', 'bc'):
   the separators are control characters that no identifier holds. #}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as {{ dbt.type_string() }}), chr(30))
        {%- if not loop.last %} || chr(31) ||{% endif %}
        {%- endfor %}
    )
{%- endmacro %}

{# A number for comparing and sorting, never published: engines hash differently. #}
{% macro hash_bigint(column) -%}
    {{ return(adapter.dispatch('hash_bigint', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__hash_bigint(column) -%}
    cast(hash({{ column }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__hash_bigint(column) -%}
    xxhash64({{ column }})
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
