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

{# How many members the larger dimension has; as many as there are bits while nothing runs. #}
{% macro most_members() -%}
    {%- set members = ref('int_attribution__members') -%}
    {%- if not execute or flags.WHICH not in ['run', 'build'] -%}
        {{ return(bits_of_a_set()) }}
    {%- endif -%}
    {%- set counted -%}
        select count(*) from {{ members }} group by dimension order by count(*) desc
    {%- endset -%}
    {{ return((run_query(counted).columns[0].values() | first) or 0) }}
{%- endmacro %}

{# Whether members keep their bits from run to run: while each has its own. #}
{% macro bits_stay() -%}
    {{ return(most_members() <= bits_of_a_set()) }}
{%- endmacro %}

{# The words of a set that hold any member: the others are 0, and not worth aggregating. #}
{% macro words_in_use() -%}
    {%- set words = (most_members() + bits_of_a_word() - 1) // bits_of_a_word() -%}
    {{ return([words, words_of_a_set()] | min) }}
{%- endmacro %}
