{{ config(enabled=delivered('organic_search', by='search_console')) }}

{%- set reports = {
    'site_days': [],
    'search_term_days': ['search_term'],
    'page_days': ['page'],
    'search_term_page_days': ['search_term', 'page'],
} %}

-- Google leaves the searches with rare terms out of every report by term. What the site's own
-- report has beyond them is published as rows that name neither term nor page.
with

{% for report in reports -%}
    {{ report }} as (
        {{ newest_report_rows(
            source('search_console', report), 'search_console', report, 'date_day'
        ) }}
    ),

{% endfor -%}
reported as (
    {%- for report, dimensions in reports.items() %}
        select
            '{{ report }}' as report,
            date_day,
            site_url,
            {%- for column in ['search_term', 'page'] %}
                {%- if column in dimensions %}
                    {{ column }},
                {%- else %}
                    cast(null as {{ dbt.type_string() }}) as {{ column }},
                {%- endif %}
            {%- endfor %}
            country,
            clicks,
            impressions,
            -- Two DECIMAL(18) are multiplied as 64 bits, which this can exceed.
            cast(least(position, 999999) as decimal(28, 6)) * impressions as positions,
            _row_number
        from {{ report }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

-- A row that moved from one page of an answer to the next came twice.
versions as (
    select
        *,
        row_number() over (
            partition by report, date_day, site_url, search_term, page, country
            order by _row_number desc
        ) as version
    from reported
),

figures as (
    select
        report,
        date_day,
        site_url,
        lower(nullif(trim(search_term), '')) as search_term,
        page,
        country,
        clicks,
        impressions,
        positions
    from versions
    where version = 1
),

term_totals as (
    select
        date_day,
        site_url,
        country,
        sum(clicks) as clicks,
        sum(impressions) as impressions,
        sum(positions) as positions
    from figures
    where report = 'search_term_days'
    group by date_day, site_url, country
),

withheld as (
    select
        figures.date_day,
        figures.site_url,
        figures.search_term,
        figures.page,
        figures.country,
        figures.clicks - coalesce(term_totals.clicks, 0) as clicks,
        figures.impressions - coalesce(term_totals.impressions, 0) as impressions,
        figures.positions - coalesce(term_totals.positions, 0) as positions
    from figures
    left join term_totals
        on
            figures.date_day = term_totals.date_day
            and figures.site_url = term_totals.site_url
            and figures.country = term_totals.country
    where figures.report = 'site_days'
),

combined as (
    select
        date_day,
        site_url,
        search_term,
        page,
        country,
        clicks,
        impressions,
        positions
    from figures
    where report <> 'site_days'
    union all
    select
        date_day,
        site_url,
        search_term,
        page,
        country,
        clicks,
        impressions,
        positions
    from withheld
    where clicks <> 0 or impressions <> 0
),

totals as (
    select
        date_day,
        site_url,
        search_term,
        page,
        country,
        sum(clicks) as clicks,
        sum(impressions) as impressions,
        sum(positions) as positions
    from combined
    group by date_day, site_url, search_term, page, country
),

sites as (
    select
        site_url,
        {{ regex_replace("lower(site_url)", "'^sc-domain:|^https?://|/.*$'", "''") }} as host
    from site_days
    group by site_url
),

-- A domain property contains the properties of its hosts, and an address those that begin with it.
containing as (
    select
        sites.site_url,
        larger.site_url as larger_site_url
    from sites
    inner join sites as larger
        on
            sites.site_url <> larger.site_url
            and (
                {{ dbt.position('larger.site_url', 'sites.site_url') }} = 1
                or (
                    {{ dbt.position("'sc-domain:'", 'larger.site_url') }} = 1
                    and {{ dbt.position(
                        "'.' || larger.host || '/'", "'.' || sites.host || '/'"
                    ) }} > 0
                )
            )
),

contained_days as (
    select
        containing.site_url,
        site_days.date_day
    from containing
    inner join site_days on containing.larger_site_url = site_days.site_url
    group by containing.site_url, site_days.date_day
),

final as (
    select
        ---------- ids
        'search_console' as source_system,
        totals.date_day,

        ---------- strings
        totals.site_url as site,
        totals.search_term,
        totals.page,
        totals.country,
        cast(null as {{ dbt.type_string() }}) as device,

        ---------- numerics
        cast(totals.impressions as decimal(18, 6)) as impressions,
        cast(totals.clicks as decimal(18, 6)) as clicks,
        -- Rounded averages may leave a remainder that is no position.
        case
            when totals.impressions > 0 and totals.positions >= totals.impressions
                then cast(
                    cast(totals.positions as double) / cast(totals.impressions as double)
                    as decimal(18, 6)
                )
        end as position
    from totals
    left join contained_days
        on
            totals.site_url = contained_days.site_url
            and totals.date_day = contained_days.date_day
    where contained_days.site_url is null
)

select * from final
