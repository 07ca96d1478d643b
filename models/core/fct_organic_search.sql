{{ config(enabled=delivered('organic_search')) }}

with

searches as (

    select * from {{ ref('int_organic_search__unioned') }}

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

        ---------- numerics
        searches.impressions,
        searches.clicks,
        searches.position
    from searches
    left join brand_terms on searches.search_term = brand_terms.search_term

)

select * from final
