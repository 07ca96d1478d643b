{{ config(enabled=delivered('page_views')) }}

-- A lead saw the pages of its person's views up to its creation, within the look-back of visits.
-- The visit that holds the last of them captured the lead.
with

page_views as (

    select
        page_view_key,
        visit_key,
        page_key,
        person_key,
        -- Whoever nothing identifies is somebody, once a visit.
        case when person_key = 'unknown' then visit_key else person_key end as somebody,
        visit_position,
        is_landing,
        seconds,
        actions,
        viewed_at,
        {{ month_of_day('viewed_on') }} as month
    from {{ ref('fct_page_views') }}

),

leads as (

    select * from {{ ref('fct_leads') }}
    where person_key <> 'unknown'

),

visit_lookback as (

    select lookback_days from {{ ref('stg_ops__lookbacks') }}
    where touch_type = 'visit'

),

pages as (

    select * from {{ ref('dim_pages') }}

),

seen as (

    select
        leads.lead_key,
        leads.is_customer,
        leads.revenue,
        page_views.month,
        page_views.page_key,
        page_views.page_view_key,
        page_views.visit_key,
        row_number() over (
            partition by leads.lead_key
            order by
                page_views.viewed_at desc,
                page_views.visit_position desc,
                page_views.page_view_key asc
        ) as recency
    from leads
    cross join visit_lookback
    inner join page_views
        on
            leads.person_key = page_views.person_key
            and leads.created_until >= page_views.viewed_at
    where
        {{ epoch_micros('leads.created_at') }} - {{ epoch_micros('page_views.viewed_at') }}
        <= visit_lookback.lookback_days * {{ micros_of_a_day() }}

),

captured as (

    select * from seen
    where recency = 1

),

-- A lead counts once for a page, in the month in which it saw it last.
lead_roles as (

    select
        'seen' as page_role,
        page_key,
        lead_key,
        is_customer,
        revenue,
        max(month) as month
    from seen
    group by page_key, lead_key, is_customer, revenue
    union all
    select
        'last_before_lead' as page_role,
        page_key,
        lead_key,
        is_customer,
        revenue,
        month
    from captured
    union all
    select
        'landing' as page_role,
        page_views.page_key,
        captured.lead_key,
        captured.is_customer,
        captured.revenue,
        page_views.month
    from captured
    inner join page_views on captured.visit_key = page_views.visit_key and page_views.is_landing

),

won as (

    select
        month,
        page_key,
        page_role,
        count(*) as leads,
        sum(case when is_customer then 1 else 0 end) as customers,
        sum(revenue) as revenue
    from lead_roles
    group by month, page_key, page_role

),

capturing_visits as (

    select visit_key from captured
    group by visit_key

),

last_views as (

    select page_view_key from captured
    group by page_view_key

),

view_roles as (

    select
        'seen' as page_role,
        page_views.*
    from page_views
    union all
    select
        'landing' as page_role,
        page_views.*
    from page_views
    where is_landing
    union all
    select
        'last_before_lead' as page_role,
        page_views.*
    from page_views
    inner join last_views on page_views.page_view_key = last_views.page_view_key

),

visits as (

    select
        month,
        page_key,
        page_role,
        visit_key,
        somebody,
        count(*) as views,
        sum(seconds) as seconds,
        sum(case when seconds is not null then 1 else 0 end) as views_timed,
        sum(actions) as actions
    from view_roles
    group by month, page_key, page_role, visit_key, somebody

),

viewed as (

    select
        visits.month,
        visits.page_key,
        visits.page_role,
        sum(visits.views) as views,
        count(distinct visits.visit_key) as visits,
        count(distinct visits.somebody) as people,
        count(distinct capturing_visits.visit_key) as visits_captured,
        sum(visits.seconds) as seconds,
        sum(visits.views_timed) as views_timed,
        sum(visits.actions) as actions
    from visits
    left join capturing_visits on visits.visit_key = capturing_visits.visit_key
    group by visits.month, visits.page_key, visits.page_role

),

final as (

    select
        viewed.month,
        viewed.page_key,
        pages.url,
        pages.host,
        pages.title,
        viewed.page_role,
        cast(viewed.views as bigint) as views,
        cast(viewed.visits as bigint) as visits,
        cast(viewed.people as bigint) as people,
        {{ ratio('viewed.seconds', 'viewed.views_timed') }} as seconds_per_view,
        cast(viewed.actions as decimal(18, 6)) as actions,
        cast(viewed.visits_captured as bigint) as visits_captured,
        {{ ratio('viewed.visits_captured', 'viewed.visits') }} as capture_rate,
        {{ proportion_bound('viewed.visits_captured', 'viewed.visits', '-') }} as capture_rate_low,
        {{ proportion_bound('viewed.visits_captured', 'viewed.visits', '+') }} as capture_rate_high,
        cast(coalesce(won.leads, 0) as bigint) as leads,
        cast(coalesce(won.customers, 0) as bigint) as customers,
        cast(coalesce(won.revenue, 0) as decimal(18, 6)) as revenue
    from viewed
    left join won
        on
            viewed.month = won.month
            and viewed.page_key = won.page_key
            and viewed.page_role = won.page_role
    left join pages on viewed.page_key = pages.page_key

)

select * from final
