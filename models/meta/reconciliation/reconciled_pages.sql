{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('page_views')
) }}

-- What the mart of pages totals, against the facts it is made of, summed past its joins.
with

performance as (

    select
        coalesce(sum(case when page_role = 'seen' then views end), 0) as views,
        coalesce(sum(case when page_role = 'landing' then visits end), 0) as visits,
        coalesce(sum(case when page_role = 'landing' then leads end), 0) as leads_landed,
        coalesce(sum(case when page_role = 'last_before_lead' then leads end), 0) as leads_last
    from {{ ref('page_performance') }}

),

page_views as (

    select
        count(*) as views,
        count(distinct visit_key) as visits
    from {{ ref('fct_page_views') }}

),

latest_views as (

    select
        leads.lead_key,
        leads.created_at,
        max(page_views.viewed_at) as viewed_at
    from {{ ref('fct_leads') }} as leads
    inner join {{ ref('fct_page_views') }} as page_views
        on leads.person_key = page_views.person_key
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
