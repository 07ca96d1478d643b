{# True where the pattern is found anywhere in the text; both are SQL expressions. #}
{% macro regex_match(column, pattern) -%}
    {{ return(adapter.dispatch('regex_match', 'tributary')(column, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_match(column, pattern) -%}
    regexp_matches({{ column }}, {{ pattern }})
{%- endmacro %}

{% macro spark__regex_match(column, pattern) -%}
    ({{ column }} rlike {{ pattern }})
{%- endmacro %}

{# A group of the first match ('' where nothing matches); `pattern` is a SQL expression. #}
{% macro regex_extract(column, pattern, group=1) -%}
    {{ return(adapter.dispatch('regex_extract', 'tributary')(column, pattern, group)) }}
{%- endmacro %}

{% macro duckdb__regex_extract(column, pattern, group) -%}
    regexp_extract({{ column }}, {{ pattern }}, {{ group }})
{%- endmacro %}

{% macro spark__regex_extract(column, pattern, group) -%}
    regexp_extract({{ column }}, {{ pattern }}, {{ group }})
{%- endmacro %}

{# Every match of the pattern replaced by the text; both are SQL expressions. #}
{% macro regex_replace(column, pattern, replacement) -%}
    {{ return(adapter.dispatch('regex_replace', 'tributary')(column, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__regex_replace(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ pattern }}, {{ replacement }}, 'g')
{%- endmacro %}

{% macro spark__regex_replace(column, pattern, replacement) -%}
    regexp_replace({{ column }}, {{ pattern }}, {{ replacement }})
{%- endmacro %}

{# A code: trimmed, lower-cased, every run of other characters one underscore; '' becomes null. #}
{% macro normalized_code(column) -%}
    nullif(trim({{ regex_replace("lower(trim(" ~ column ~ "))", "'[^a-z0-9]+'", "'_'") }}, '_'), '')
{%- endmacro %}

{# A percent-encoded value of a URL's query as people wrote it. #}
{% macro url_decoded(column) -%}
    {{ return(adapter.dispatch('url_decoded', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__url_decoded(column) -%}
    url_decode(replace({{ column }}, '+', ' '))
{%- endmacro %}

{% macro spark__url_decoded(column) -%}
    try_url_decode({{ column }})
{%- endmacro %}
