{{ config(enabled=delivered('organic_search')) }}

-- Reports by country or device show the clicks of the one without them once more. A line without
-- them may also be one of theirs that nobody could place: such lines hold little of what the
-- placed ones hold, where a total holds all of it. Of two reports, neither of which is a part of
-- the other, the one by device counts.
with

searches as (

    select
        *,
        coalesce(site, '') as property,
        case when country is null then 0 else 2 end
        + case when device is null then 0 else 1 end as detail
    from {{ ref('int_organic_search__unioned') }}

),

details as (

    select
        date_day,
        property,
        search_term,
        page,
        detail,
        sum(impressions + clicks) as shown
    from searches
    group by date_day, property, search_term, page, detail

),

ends as (

    select
        *,
        min(detail) over (partition by date_day, property, search_term, page) as least_detail,
        max(detail) over (partition by date_day, property, search_term, page) as most_detail
    from details

),

-- Of what is reported in both ways, by kind of report.
compared as (

    select
        date_day,
        property,
        search_term is not null as has_term,
        page is not null as has_page,
        min(least_detail) as least_detail,
        max(most_detail) as most_detail,
        sum(case when detail = least_detail then shown else 0 end) as shown_in_least,
        sum(case when detail = most_detail then shown else 0 end) as shown_in_most
    from ends
    where least_detail < most_detail
    group by date_day, property, search_term is not null, page is not null

),

with_gaps as (

    select
        date_day,
        property,
        has_term,
        has_page
    from compared
    where 2 * shown_in_least < shown_in_most and (least_detail = 0 or most_detail = 3)

),

terms as (

    select search_term
    from searches
    where search_term is not null
    group by search_term

),

brand_terms as (

    select terms.search_term
    from terms
    inner join {{ ref('stg_ops__brand_terms') }} as brand_terms
        on {{ wildcard_match(
            'terms.search_term', 'brand_terms.like_pattern', 'brand_terms.expression'
        ) }}
    group by terms.search_term

),

final as (

    select
        ---------- ids
        {{ surrogate_key([
            'searches.source_system', 'searches.date_day', 'searches.site',
            'searches.search_term', 'searches.page', 'searches.country', 'searches.device',
        ]) }} as organic_search_key,
        searches.source_system,
        searches.date_day,

        ---------- strings
        searches.site,
        searches.search_term,
        searches.page,
        searches.country,
        searches.device,

        ---------- booleans
        brand_terms.search_term is not null as is_brand,
        ends.detail > ends.least_detail and with_gaps.date_day is null as is_repeated,

        ---------- numerics
        searches.impressions,
        searches.clicks,
        searches.position
    from searches
    left join ends
        on
            searches.date_day = ends.date_day
            and searches.property = ends.property
            and coalesce(searches.search_term, '') = coalesce(ends.search_term, '')
            and coalesce(searches.page, '') = coalesce(ends.page, '')
            and searches.detail = ends.detail
    left join with_gaps
        on
            searches.date_day = with_gaps.date_day
            and searches.property = with_gaps.property
            and (searches.search_term is not null) = with_gaps.has_term
            and (searches.page is not null) = with_gaps.has_page
    left join brand_terms on searches.search_term = brand_terms.search_term

)

select * from final
