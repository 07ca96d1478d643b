{# Spend of every slice's day in the report streams that `spend_reports` of dbt_project.yml names: a
   whole select statement over raw, without rows where no platform delivers any. A platform that
   delivers `ad_spend` and is not named stops dbt. #}
{% macro reported_spend() -%}
    {%- set selects = [] -%}
    {%- for vendor in vendors_with('ad_spend') if vendor != 'inbox' -%}
        {%- if vendor not in var('spend_reports') -%}
            {{ exceptions.raise_compiler_error(
                "spend_reports does not say which streams of '" ~ vendor ~ "' hold its spend"
            ) }}
        {%- endif -%}
        {%- set report = var('spend_reports')[vendor] -%}
        {%- set total = 'sum(' ~ report.column ~ ')' -%}
        {%- for stream in report.streams -%}
            {%- do selects.append({
                'vendor': vendor,
                'stream': stream,
                'amount': from_micros(total) if report.unit == 'micros'
                    else 'cast(' ~ total ~ ' as decimal(18, 6))',
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for each in selects %}
    select
        '{{ each.vendor }}' as platform,
        '{{ each.stream }}' as stream,
        _slice_id,
        _account_id,
        date_day,
        {{ each.amount }} as spend_native
    from {{ source(each.vendor, each.stream) }}
    group by _slice_id, _account_id, date_day
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as {{ dbt.type_string() }}) as platform,
        cast(null as {{ dbt.type_string() }}) as stream,
        cast(null as {{ dbt.type_string() }}) as _slice_id,
        cast(null as {{ dbt.type_string() }}) as _account_id,
        cast(null as date) as date_day,
        cast(null as decimal(18, 6)) as spend_native
    where 1 = 0
    {%- endfor %}
{%- endmacro %}
