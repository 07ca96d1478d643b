{{ config(enabled=delivered('events') or delivered('event_attendance')) }}

-- Everything about an event is summed by itself before it meets, so that nothing multiplies
-- anything else. Our own people who were there are no guests.
with

own_people as (

    select person_key from {{ ref('dim_people') }}
    where is_internal

),

events as (

    select * from {{ ref('dim_events') }}

),

attendance as (

    select
        attendance.*,
        -- Whoever nothing identifies is somebody.
        case
            when attendance.person_key = 'unknown' then attendance.attendance_key
            else attendance.person_key
        end as somebody,
        own_people.person_key is null as is_guest
    from {{ ref('fct_event_attendance') }} as attendance
    left join own_people on attendance.person_key = own_people.person_key

),

leads as (

    select * from {{ ref('fct_leads') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

credits as (

    select * from {{ ref('fct_attribution_credits') }}
    where
        attribution_model = 'linear'
        and conversion_type in ('customer', 'repeat_customer')

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

-- Whether the model is computed: what nobody computed is not nothing.
linear as (

    select count(*) as models from {{ ref('stg_ops__enabled_models') }}
    where attribution_model = 'linear'

),

costs as (

    select * from {{ ref('fct_costs') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

invited as (

    select
        event_key,
        count(distinct somebody) as invited,
        count(distinct case when attendance_status <> 'invited' then somebody end) as registered,
        count(distinct case when attendance_status = 'attended' then somebody end) as attended
    from attendance
    where is_guest
    group by event_key

),

originated as (

    select
        attendance.event_key,
        count(*) as new_leads,
        sum(leads.revenue) as revenue
    from leads
    inner join attendance on leads.first_touchpoint_key = attendance.touchpoint_key
    group by attendance.event_key

),

touched as (

    select
        attendance.event_key,
        leads.lead_key,
        leads.is_customer,
        {{ local_day('leads.customer_until', 'company.reporting_timezone') }} as customer_day,
        min({{ local_day('attendance.attended_at', 'company.reporting_timezone') }})
            as attended_day
    from attendance
    cross join company
    inner join leads on attendance.person_key = leads.person_key
    where attendance.touchpoint_key is not null and attendance.is_guest
    group by
        attendance.event_key,
        leads.lead_key,
        leads.is_customer,
        {{ local_day('leads.customer_until', 'company.reporting_timezone') }}

),

touched_leads as (

    select
        event_key,
        count(*) as touched_leads,
        sum(case when is_customer and customer_day >= attended_day then 1 else 0 end)
            as customers
    from touched
    group by event_key

),

-- A deal below zero is a refund of another, and no deal of its own.
pipeline as (

    select
        touched.event_key,
        sum(opportunities.amount) as pipeline
    from touched
    cross join company
    inner join opportunities on touched.lead_key = opportunities.lead_key
    where
        {{ local_day('opportunities.created_at', 'company.reporting_timezone') }}
        >= touched.attended_day
        and opportunities.amount >= 0
    group by touched.event_key

),

-- A deal and its refunds are one.
credited_conversions as (

    select
        attendance.event_key,
        coalesce(conversions.corrects_conversion_key, conversions.conversion_key)
            as conversion_key,
        sum(credits.credited_value) as value
    from credits
    inner join conversions on credits.conversion_key = conversions.conversion_key
    inner join attendance on credits.touchpoint_key = attendance.touchpoint_key
    group by
        attendance.event_key,
        coalesce(conversions.corrects_conversion_key, conversions.conversion_key)

),

credited as (

    select
        event_key,
        count(*) as conversions,
        sum(value) as revenue,
        sum(cast(value as double) * cast(value as double)) as squares
    from credited_conversions
    group by event_key

),

-- A campaign that several events share says nothing of one of them.
lone_campaigns as (

    select
        campaigns.campaign_durable_key,
        min(events.event_key) as event_key
    from events
    inner join campaigns on events.campaign_key = campaigns.campaign_key
    where events.campaign_key <> 'unknown'
    group by campaigns.campaign_durable_key
    having count(*) = 1

),

event_costs as (

    select
        cost_id as event_key,
        amount
    from costs
    where cost_type = 'event'
    union all
    select
        lone_campaigns.event_key,
        costs.amount
    from costs
    inner join campaigns on costs.campaign_key = campaigns.campaign_key
    inner join lone_campaigns
        on campaigns.campaign_durable_key = lone_campaigns.campaign_durable_key
    where costs.cost_type = 'booked'

),

spending as (

    select
        event_key,
        sum(amount) as spend
    from event_costs
    group by event_key

),

combined as (

    select
        events.event_key,
        events.event_id,
        events.source_system,
        events.event_name,
        events.event_type,
        events.starts_at,
        {{ local_day('events.starts_at', 'company.reporting_timezone') }} as starts_on,
        coalesce(spending.spend, 0) as spend,
        coalesce(invited.invited, 0) as invited,
        coalesce(invited.registered, 0) as registered,
        coalesce(invited.attended, 0) as attended,
        coalesce(originated.new_leads, 0) as new_leads,
        coalesce(touched_leads.touched_leads, 0) as touched_leads,
        coalesce(pipeline.pipeline, 0) as pipeline,
        coalesce(touched_leads.customers, 0) as customers,
        coalesce(originated.revenue, 0) as revenue_originated,
        case when linear.models > 0 then coalesce(credited.revenue, 0) end as revenue_credited,
        coalesce(credited.squares, 0) as squares,
        coalesce(credited.conversions, 0) as conversions
    from events
    cross join linear
    cross join company
    left join spending on events.event_key = spending.event_key
    left join invited on events.event_key = invited.event_key
    left join originated on events.event_key = originated.event_key
    left join touched_leads on events.event_key = touched_leads.event_key
    left join pipeline on events.event_key = pipeline.event_key
    left join credited on events.event_key = credited.event_key

),

final as (

    select
        event_key,
        event_id,
        source_system,
        event_name,
        event_type,
        starts_at,
        starts_on,
        cast(spend as decimal(18, 6)) as spend,
        cast(invited as bigint) as invited,
        cast(registered as bigint) as registered,
        cast(attended as bigint) as attended,
        {{ ratio('attended', 'registered') }} as attendance_rate,
        {{ proportion_bound('attended', 'registered', '-') }} as attendance_rate_low,
        {{ proportion_bound('attended', 'registered', '+') }} as attendance_rate_high,
        cast(new_leads as bigint) as new_leads,
        cast(touched_leads as bigint) as touched_leads,
        cast(pipeline as decimal(18, 6)) as pipeline,
        cast(customers as bigint) as customers,
        cast(revenue_originated as decimal(18, 6)) as revenue_originated,
        cast(revenue_credited as decimal(18, 6)) as revenue_credited,
        case when spend > 0 then {{ unit_cost('spend', 'new_leads') }} end as cost_per_new_lead,
        {{ return_on('revenue_credited', 'spend') }} as roi,
        {{ return_bound('revenue_credited', 'squares', 'conversions', 'spend', '-') }} as roi_low,
        {{ return_bound('revenue_credited', 'squares', 'conversions', 'spend', '+') }} as roi_high
    from combined

)

select * from final
