{# A campaign's name as different tools spell it: lower case, every run of characters other than
   letters and digits of any alphabet one underscore. A name of symbols alone stays itself. #}
{% macro campaign_alias(column) -%}
    {{ return(adapter.dispatch('campaign_alias', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__campaign_alias(column) -%}
    coalesce(
        nullif(trim(regexp_replace(nfc_normalize(lower({{ without_people(column) }})), '[^\p{L}\p{M}\p{N}]+', '_', 'g'), '_'), ''),
        nullif(lower(trim({{ column }})), '')
    )
{%- endmacro %}

{% macro spark__campaign_alias(column) -%}
    coalesce(
        nullif(trim(both '_' from regexp_replace(lower({{ without_people(column) }}), '[^\\p{L}\\p{M}\\p{N}]+', '_')), ''),
        nullif(lower(trim({{ column }})), '')
    )
{%- endmacro %}
