{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('page_views')
) }}

-- What the mart of pages totals, against the facts it is made of, summed past its joins. Views of
-- our own people are left out of both.
with

performance as (

    select
        coalesce(sum(case when page_role = 'seen' then views end), 0) as views,
        coalesce(sum(case when page_role = 'landing' then visits end), 0) as visits,
        coalesce(sum(case when page_role = 'landing' then leads end), 0) as leads_landed,
        coalesce(sum(case when page_role = 'last_before_lead' then leads end), 0) as leads_last,
        coalesce(sum(ad_clicks), 0) as ad_clicks,
        coalesce(sum(ad_spend), 0) as ad_spend
    from {{ ref('page_performance') }}

),

viewed as (

    select page_views.*
    from {{ ref('fct_page_views') }} as page_views
    left join {{ ref('dim_people') }} as people on page_views.person_key = people.person_key
    where not coalesce(people.is_internal, false)

),

page_views as (

    select
        count(*) as views,
        count(distinct visit_key) as visits
    from viewed

),

latest_views as (

    select
        leads.lead_key,
        leads.created_at,
        max(page_views.viewed_at) as viewed_at
    from {{ ref('fct_leads') }} as leads
    inner join viewed as page_views on leads.person_key = page_views.person_key
    where leads.person_key <> 'unknown' and page_views.viewed_at <= leads.created_until
    group by leads.lead_key, leads.created_at

),

leads as (

    select count(*) as leads
    from latest_views
    cross join {{ ref('stg_ops__lookbacks') }} as lookbacks
    where
        lookbacks.touch_type = 'visit'
        and {{ epoch_micros('latest_views.created_at') }}
        - {{ epoch_micros('latest_views.viewed_at') }}
        <= lookbacks.lookback_days * {{ micros_of_a_day() }}

),

{% if delivered('landing_page_days') %}
    -- Accounts that report pages, in full: of what no page is named is the page `unknown`.
    advertised as (

        select
            coalesce(sum(ad_spend.clicks), 0) as ad_clicks,
            coalesce(sum(ad_spend.spend), 0) as ad_spend
        from {{ ref('fct_ad_spend') }} as ad_spend
        where
            ad_spend.platform || ' ' || ad_spend.account_id in (
                select paid_pages.platform || ' ' || paid_pages.account_id
                from {{ ref('fct_paid_landing_pages') }} as paid_pages
            )

    ),

{% endif %}
sides as (

    select
        'views' as subject,
        'views' as unit,
        page_views.views as left_side,
        performance.views as right_side
    from performance
    cross join page_views
    union all
    select
        'visits' as subject,
        'visits' as unit,
        page_views.visits as left_side,
        performance.visits as right_side
    from performance
    cross join page_views
    union all
    select
        'leads by landing page' as subject,
        'leads' as unit,
        leads.leads as left_side,
        performance.leads_landed as right_side
    from performance
    cross join leads
    union all
    select
        'leads by last page' as subject,
        'leads' as unit,
        leads.leads as left_side,
        performance.leads_last as right_side
    from performance
    cross join leads
    {% if delivered('landing_page_days') %}
        union all
        select
            'ad clicks' as subject,
            'clicks' as unit,
            advertised.ad_clicks as left_side,
            performance.ad_clicks as right_side
        from performance
        cross join advertised
        union all
        select
            'ad spend' as subject,
            company.reporting_currency as unit,
            advertised.ad_spend as left_side,
            performance.ad_spend as right_side
        from performance
        cross join advertised
        cross join {{ ref('stg_ops__company') }} as company
    {% endif %}

),

final as (

    select
        'pages_facts_vs_mart' as check_name,
        'all' as period,
        subject,
        unit,
        left_side,
        right_side,
        'error' as severity
    from sides

)

select * from final
