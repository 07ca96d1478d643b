{{ config(enabled=delivered('organic_search', by='inbox')) }}

-- Exports overlap: the newest file that has a day of a term and page counts for it.
with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

searches as (

    select
        organic_search.*,
        lower(nullif(trim(organic_search.search_term), '')) as term,
        nullif(trim(organic_search.page), '') as known_page
    from {{ source('inbox', 'organic_search') }} as organic_search
    inner join slices on organic_search._slice_id = slices.slice_id

),

versions as (

    select
        *,
        row_number() over (
            partition by date_day, site, term, known_page, country, device
            order by _sequence desc, _row_number desc
        ) as version
    from searches

),

final as (

    select
        'inbox' as source_system,
        date_day,
        site,
        term as search_term,
        known_page as page,
        country,
        device,
        cast(coalesce(impressions, 0) as decimal(18, 6)) as impressions,
        clicks,
        position
    from versions
    where version = 1

)

select * from final
