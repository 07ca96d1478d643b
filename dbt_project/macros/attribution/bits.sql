{# A path's set of members as bits, in words that fit a BIGINT. orchestration/attribution reads the
   words by the same numbers; a test compares both. #}
{% macro bits_of_a_word() -%}
    {{ return(62) }}
{%- endmacro %}

{% macro words_of_a_set() -%}
    {{ return(4) }}
{%- endmacro %}

{# How many members the set of a path can tell apart. #}
{% macro bits_of_a_set() -%}
    {{ return(bits_of_a_word() * words_of_a_set()) }}
{%- endmacro %}

{# Whether members keep their bits from run to run: while each has its own. #}
{% macro bits_stay() -%}
    {%- set members = ref('int_attribution__members') -%}
    {%- set crowded -%}
        select dimension from {{ members }}
        group by dimension
        having count(*) > {{ bits_of_a_set() }}
    {%- endset -%}
    {{ return(run_query(crowded).rows | length == 0) }}
{%- endmacro %}
