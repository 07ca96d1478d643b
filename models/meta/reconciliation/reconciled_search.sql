{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('organic_search') or delivered('search_term_days')
) }}

-- What the mart of search terms totals, against the reports. Of a day that is reported by term, and
-- by term and page, the report by term counts.
with

{% if delivered('organic_search') %}
    reports as (

        select
            date_day,
            coalesce(site, '') as property,
            page is not null as by_page,
            sum(clicks) as clicks
        from {{ ref('fct_organic_search') }}
        where search_term is not null and not is_repeated
        group by date_day, coalesce(site, ''), page is not null

    ),

    ranked as (

        select
            clicks,
            row_number() over (partition by date_day, property order by by_page) as choice
        from reports

    ),
{% endif %}

sides as (

    {% if delivered('search_term_days') %}
        select
            'paid clicks' as subject,
            clicks as left_side,
            0 as right_side
        from {{ ref('fct_paid_search_terms') }}
        union all
        select
            'spend' as subject,
            spend as left_side,
            0 as right_side
        from {{ ref('fct_paid_search_terms') }}
        union all
    {% endif %}
    {% if delivered('organic_search') %}
        select
            'organic clicks' as subject,
            clicks as left_side,
            0 as right_side
        from ranked
        where choice = 1
        union all
    {% endif %}
    select
        case when is_paid then 'paid clicks' else 'organic clicks' end as subject,
        0 as left_side,
        clicks as right_side
    from {{ ref('search_term_performance') }}
    union all
    select
        'spend' as subject,
        0 as left_side,
        spend as right_side
    from {{ ref('search_term_performance') }}
    where is_paid

),

final as (

    select
        'search_terms_facts_vs_mart' as check_name,
        'all' as period,
        sides.subject,
        case sides.subject when 'spend' then company.reporting_currency else 'clicks' end as unit,
        sum(sides.left_side) as left_side,
        sum(sides.right_side) as right_side,
        'error' as severity
    from sides
    cross join {{ ref('stg_ops__company') }} as company
    group by sides.subject, company.reporting_currency

)

select * from final
