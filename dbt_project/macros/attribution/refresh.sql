{# Attribution is refreshed for the paths that changed. int_attribution__settled is written last and
   says from what everything in place was computed; a run that was killed leaves it as it was, so
   the next one takes the same paths again, deletes what is there of them, and computes them anew.
   Where the models themselves changed, a run of Tributary starts from nothing; by hand, dbt wants
   --full-refresh. #}

{# What int_attribution__settled held before this run; none where all must be computed: on a first
   run, with --full-refresh, or where a table that keeps results is missing. #}
{% macro settled_relation() -%}
    {%- if not execute or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {%- for schema, table in [
        ('intermediate', 'int_attribution__members'),
        ('intermediate', 'int_attribution__steps'),
        ('intermediate', 'int_attribution__credits'),
        ('core', 'fct_attribution_credits'),
    ] -%}
        {%- if adapter.get_relation(this.database, schema, table) is none -%}
            {{ return(none) }}
        {%- endif -%}
    {%- endfor -%}
    {{ return(adapter.get_relation(this.database, 'intermediate', 'int_attribution__settled')) }}
{%- endmacro %}

{# Before an incremental model adds rows: those of stale paths go. #}
{% macro delete_stale(path_number, also='') -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        where {{ path_number }} in (
            select path_number from {{ ref('int_attribution__stale_paths') }}
        )
        {%- if also %} or {{ also }}{% endif %}
    {%- endif -%}
{%- endmacro %}
