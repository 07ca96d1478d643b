{{ config(enabled=delivered('page_views')) }}

-- A lead saw the pages of its person's views up to its creation, within the look-back of visits.
-- The visit that holds the last of them captured the lead. What our own people see is left out.
with

own_people as (

    select person_key from {{ ref('dim_people') }}
    where is_internal

),

page_views as (

    select
        page_views.page_view_key,
        page_views.visit_key,
        page_views.page_key,
        page_views.person_key,
        -- Whoever nothing identifies is somebody, once a visit.
        case
            when page_views.person_key = 'unknown' then page_views.visit_key
            else page_views.person_key
        end as somebody,
        page_views.visit_position,
        page_views.is_landing,
        page_views.seconds,
        page_views.actions,
        page_views.viewed_at,
        {{ month_of_day('page_views.viewed_on') }} as month
    from {{ ref('fct_page_views') }} as page_views
    left join own_people on page_views.person_key = own_people.person_key
    where own_people.person_key is null

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

{% if delivered('landing_page_days') %}
    paid_pages as (

        select
            {{ month_of_day('date_day') }} as month,
            platform,
            account_id,
            page_key,
            impressions,
            clicks,
            spend
        from {{ ref('fct_paid_landing_pages') }}

    ),

    accounts as (

        select
            platform,
            account_id
        from paid_pages
        group by platform, account_id

    ),

    -- The rest of what such an account cost is money of no known page, and counts once.
    paid_figures as (

        select
            month,
            page_key,
            impressions,
            clicks,
            spend
        from paid_pages
        union all
        select
            month,
            'unknown' as page_key,
            -impressions as impressions,
            -clicks as clicks,
            -spend as spend
        from paid_pages
        union all
        select
            {{ month_of_day('ad_spend.date_day') }} as month,
            'unknown' as page_key,
            ad_spend.impressions,
            ad_spend.clicks,
            ad_spend.spend
        from {{ ref('fct_ad_spend') }} as ad_spend
        inner join accounts
            on
                ad_spend.platform = accounts.platform
                and ad_spend.account_id = accounts.account_id

    ),

    advertised as (

        select
            month,
            page_key,
            'landing' as page_role,
            sum(impressions) as ad_impressions,
            sum(clicks) as ad_clicks,
            sum(spend) as ad_spend
        from paid_figures
        group by month, page_key
        having sum(impressions) <> 0 or sum(clicks) <> 0 or sum(spend) <> 0

    ),
{% else %}
    advertised as (

        select
            month,
            page_key,
            page_role,
            cast(null as decimal(18, 6)) as ad_impressions,
            cast(null as decimal(18, 6)) as ad_clicks,
            cast(null as decimal(18, 6)) as ad_spend
        from viewed
        where 1 = 0

    ),
{% endif %}

shown as (

    select
        coalesce(viewed.month, advertised.month) as month,
        coalesce(viewed.page_key, advertised.page_key) as page_key,
        coalesce(viewed.page_role, advertised.page_role) as page_role,
        coalesce(viewed.views, 0) as views,
        coalesce(viewed.visits, 0) as visits,
        coalesce(viewed.people, 0) as people,
        coalesce(viewed.visits_captured, 0) as visits_captured,
        viewed.seconds,
        viewed.views_timed,
        viewed.actions,
        advertised.ad_impressions,
        advertised.ad_clicks,
        advertised.ad_spend
    from viewed
    full outer join advertised
        on
            viewed.month = advertised.month
            and viewed.page_key = advertised.page_key
            and viewed.page_role = advertised.page_role

),

final as (

    select
        shown.month,
        shown.page_key,
        pages.url,
        pages.host,
        pages.title,
        shown.page_role,
        cast(shown.views as bigint) as views,
        cast(shown.visits as bigint) as visits,
        cast(shown.people as bigint) as people,
        {{ ratio('shown.seconds', 'shown.views_timed') }} as seconds_per_view,
        cast(shown.actions as decimal(18, 6)) as actions,
        cast(shown.visits_captured as bigint) as visits_captured,
        {{ ratio('shown.visits_captured', 'shown.visits') }} as capture_rate,
        {{ proportion_bound('shown.visits_captured', 'shown.visits', '-') }} as capture_rate_low,
        {{ proportion_bound('shown.visits_captured', 'shown.visits', '+') }} as capture_rate_high,
        cast(coalesce(won.leads, 0) as bigint) as leads,
        cast(coalesce(won.customers, 0) as bigint) as customers,
        cast(coalesce(won.revenue, 0) as decimal(18, 6)) as revenue,
        cast(shown.ad_impressions as decimal(18, 6)) as ad_impressions,
        cast(shown.ad_clicks as decimal(18, 6)) as ad_clicks,
        cast(shown.ad_spend as decimal(18, 6)) as ad_spend,
        {{ unit_cost('shown.ad_spend', 'shown.ad_clicks') }} as cost_per_ad_click
    from shown
    left join won
        on
            shown.month = won.month
            and shown.page_key = won.page_key
            and shown.page_role = won.page_role
    left join pages on shown.page_key = pages.page_key

)

select * from final
