{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('events') or delivered('event_attendance')
) }}

-- What the mart of events totals, against the facts it is made of, summed past its joins.
with

performance as (

    select
        count(*) as events,
        sum(attended) as attended,
        sum(new_leads) as new_leads,
        sum(revenue_originated) as revenue_originated,
        sum(revenue_credited) as revenue_credited
    from {{ ref('event_performance') }}

),

attendance as (

    select
        count(
            distinct attendance.event_key || case
                when attendance.person_key = 'unknown' then attendance.attendance_key
                else attendance.person_key
            end
        ) as attended
    from {{ ref('fct_event_attendance') }} as attendance
    left join {{ ref('dim_people') }} as people on attendance.person_key = people.person_key
    where attendance.attendance_status = 'attended' and not coalesce(people.is_internal, false)

),

originated as (

    select
        count(*) as new_leads,
        coalesce(sum(leads.revenue), 0) as revenue
    from {{ ref('fct_leads') }} as leads
    inner join {{ ref('fct_touchpoints') }} as touchpoints
        on leads.first_touchpoint_key = touchpoints.touchpoint_key
    where touchpoints.touchpoint_id like 'attendance:%'

),

credited as (

    select coalesce(sum(credits.credited_value), 0) as revenue
    from {{ ref('fct_attribution_credits') }} as credits
    inner join {{ ref('fct_touchpoints') }} as touchpoints
        on credits.touchpoint_key = touchpoints.touchpoint_key
    where
        touchpoints.touchpoint_id like 'attendance:%'
        and credits.attribution_model = 'linear'
        and credits.conversion_type in ('customer', 'repeat_customer')

),

events as (

    select count(*) as events from {{ ref('dim_events') }}

),

sides as (

    select
        'events' as subject,
        'events' as unit,
        events.events as left_side,
        performance.events as right_side
    from performance
    cross join events
    union all
    select
        'attended' as subject,
        'people' as unit,
        attendance.attended as left_side,
        performance.attended as right_side
    from performance
    cross join attendance
    union all
    select
        'new_leads' as subject,
        'leads' as unit,
        originated.new_leads as left_side,
        performance.new_leads as right_side
    from performance
    cross join originated
    union all
    select
        'revenue_originated' as subject,
        company.reporting_currency as unit,
        originated.revenue as left_side,
        performance.revenue_originated as right_side
    from performance
    cross join originated
    cross join {{ ref('stg_ops__company') }} as company
    union all
    select
        'revenue_credited' as subject,
        company.reporting_currency as unit,
        credited.revenue as left_side,
        performance.revenue_credited as right_side
    from performance
    cross join credited
    cross join {{ ref('stg_ops__company') }} as company

),

final as (

    select
        'events_facts_vs_mart' as check_name,
        'all' as period,
        subject,
        unit,
        coalesce(left_side, 0) as left_side,
        coalesce(right_side, 0) as right_side,
        'error' as severity
    from sides

)

select * from final
