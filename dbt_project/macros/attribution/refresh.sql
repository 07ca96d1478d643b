{# Attribution is refreshed for the paths that changed, and its counts by what changed in them.
   int_attribution__begun says before anything is touched which run begins, int_attribution__settled
   says after everything which run ended. Where the two differ, a run was broken off, and the next
   one computes everything. Where the models themselves changed, a run of Tributary starts from
   nothing; by hand, dbt wants --full-refresh. #}

{# The run that everything in place is of; none on a first run, with --full-refresh, after a run that
   was broken off, and where a table that keeps results is missing. #}
{% macro settled_run() -%}
    {%- if not execute or flags.FULL_REFRESH -%}
        {{ return(none) }}
    {%- endif -%}
    {%- for table in [
        'int_attribution__begun', 'int_attribution__members', 'int_attribution__steps',
        'int_attribution__converted_people', 'int_attribution__step_counts',
        'int_attribution__set_counts', 'fct_attribution_credits_wide', 'int_attribution__settled',
    ] -%}
        {%- if existing(table) is none -%}
            {{ return(none) }}
        {%- endif -%}
    {%- endfor -%}
    {%- set ended -%}
        select begun.dbt_run
        from {{ existing('int_attribution__begun') }} as begun
        where begun.dbt_run in (
            select settled.dbt_run from {{ existing('int_attribution__settled') }} as settled
        )
    {%- endset -%}
    {%- set found = run_query(ended).columns[0].values() -%}
    {{ return(found[0] if found else none) }}
{%- endmacro %}

{# What an earlier run left of a table that this run replaces. #}
{% macro existing(table) -%}
    {%- set schema = 'core' if table.startswith('fct_') else 'intermediate' -%}
    {{ return(adapter.get_relation(this.database, schema, table)) }}
{%- endmacro %}

{# Whether this run builds on earlier results; if not, it computes everything. #}
{% macro refreshes() -%}
    {%- set begun = ref('int_attribution__begun') -%}
    {%- if not execute or flags.WHICH not in ['run', 'build'] -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set found = run_query(
        "select builds_on from " ~ begun ~ " where dbt_run = '" ~ invocation_id ~ "'"
    ).columns[0].values() -%}
    {%- if not found -%}
        {{ exceptions.raise_compiler_error(
            "Attribution is computed in one run of dbt: select int_attribution__begun+ as well."
        ) }}
    {%- endif -%}
    {{ return(found[0] is not none) }}
{%- endmacro %}

{# Before an incremental model adds rows: those of stale paths go. #}
{% macro delete_stale(path_number) -%}
    {%- set refresh = refreshes() -%}
    {%- if is_incremental() -%}
        delete from {{ this }}
        {%- if refresh %}
        where {{ path_number }} in (
            select path_number from {{ ref('int_attribution__stale_paths') }}
        )
        {%- endif %}
    {%- endif -%}
{%- endmacro %}
