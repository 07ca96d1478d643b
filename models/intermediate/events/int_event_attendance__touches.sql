{{ config(materialized='view', enabled=delivered('event_attendance')) }}

with

attendance as (

    select * from {{ ref('int_event_attendance__unioned') }}
    where is_attended and coalesce(lead_id, email_hash, visitor_id) is not null

),

events as (

    select * from {{ ref('int_events__combined') }}

),

final as (

    select
        attendance.source_system,
        'attendance:' || attendance.attendance_id as touchpoint_id,
        coalesce(attendance.attended_at, events.starts_at) as occurred_at,
        case
            when attendance.attended_at is null then events.starts_until
            else attendance.attended_until
        end as occurred_until,
        cast(null as bigint) as line_number,
        events.touch_type,
        attendance.lead_id,
        attendance.visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        attendance.email_hash,
        cast(null as {{ dbt.type_string() }}) as click_id,
        cast(null as {{ dbt.type_string() }}) as click_id_type,
        cast(null as {{ dbt.type_string() }}) as utm_source,
        cast(null as {{ dbt.type_string() }}) as utm_medium,
        cast(null as {{ dbt.type_string() }}) as utm_campaign,
        cast(null as {{ dbt.type_string() }}) as utm_term,
        cast(null as {{ dbt.type_string() }}) as utm_content,
        cast(null as {{ dbt.type_string() }}) as referrer,
        cast(null as {{ dbt.type_string() }}) as landing_page,
        events.stated_lead_source,
        events.stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        events.campaign as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        events.event_name as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from attendance
    inner join events
        on
            attendance.source_system = events.source_system
            and attendance.event_id = events.event_id
    where coalesce(attendance.attended_at, events.starts_at) <= attendance.read_at

)

select * from final
