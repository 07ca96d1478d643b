{{ config(enabled=delivered('page_views')) }}

with

page_views as (

    select * from {{ ref('fct_page_views') }}
    where page_key <> 'unknown'

),

pages as (

    select
        page_key,
        min(url) as url,
        min(host) as host,
        min(viewed_at) as first_viewed_at,
        max(viewed_at) as last_viewed_at
    from (
        select
            page_key,
            url,
            host,
            viewed_at
        from page_views
        {%- if delivered('landing_page_days') %}
            union all
            select
                page_key,
                url,
                host,
                cast(null as timestamp) as viewed_at
            from {{ ref('fct_paid_landing_pages') }}
            where page_key <> 'unknown'
        {%- endif %}
    ) as shown
    group by page_key

),

-- A title of the same moment twice: the first of the alphabet.
titles as (

    select
        page_views.page_key,
        max(page_views.viewed_at) as titled_at
    from page_views
    where page_views.title is not null
    group by page_views.page_key

),

newest_titles as (

    select
        page_views.page_key,
        min(page_views.title) as title
    from page_views
    inner join titles
        on
            page_views.page_key = titles.page_key
            and page_views.viewed_at = titles.titled_at
    group by page_views.page_key

),

final as (

    select
        ---------- ids
        pages.page_key,

        ---------- strings
        pages.url,
        pages.host,
        newest_titles.title,

        ---------- timestamps
        pages.first_viewed_at,
        pages.last_viewed_at
    from pages
    left join newest_titles on pages.page_key = newest_titles.page_key

    union all

    select
        'unknown' as page_key,
        'unknown' as url,
        cast(null as {{ dbt.type_string() }}) as host,
        cast(null as {{ dbt.type_string() }}) as title,
        cast(null as timestamp) as first_viewed_at,
        cast(null as timestamp) as last_viewed_at

)

select * from final
