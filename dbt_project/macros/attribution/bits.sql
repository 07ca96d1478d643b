{# How many members the set of a path can tell apart: four words of 62 bits. #}
{% macro bits_of_a_set() -%}
    248
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
