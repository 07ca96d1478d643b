{{ config(enabled=delivered('events') or delivered('event_attendance')) }}

with

attendance as (

    select
        *,
        coalesce(
            'lead:' || source_system || ':' || lead_id,
            'email:' || email_hash,
            'visitor:' || visitor_id
        ) as node
    from {{ ref('int_event_attendance__unioned') }}

),

people as (

    select * from {{ ref('int_identity__people') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where touchpoint_id like 'attendance:%'

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

known as (

    select
        {{ surrogate_key(['attendance.source_system', 'attendance.attendance_id']) }}
            as attendance_key,
        {{ surrogate_key(['attendance.source_system', 'attendance.event_id']) }} as event_key,
        case
            when touchpoints.person_key is not null then touchpoints.person_key
            when attendance.node is null then 'unknown'
            else coalesce(people.person_key, {{ surrogate_key(['attendance.node']) }})
        end as person_key,
        touchpoints.touchpoint_key,
        case
            when attendance.is_attended then 'attended'
            when attendance.is_registered then 'registered'
            else 'invited'
        end as attendance_status,
        attendance.minutes_attended,
        attendance.invited_at,
        attendance.registered_at,
        coalesce(touchpoints.occurred_at, attendance.attended_at) as attended_at
    from attendance
    left join people on attendance.node = people.node
    left join touchpoints
        on
            attendance.source_system = touchpoints.source_system
            and 'attendance:' || attendance.attendance_id = touchpoints.touchpoint_id

),

final as (

    select
        ---------- ids
        known.attendance_key,
        known.event_key,
        known.person_key,
        known.touchpoint_key,

        ---------- strings
        known.attendance_status,

        ---------- numerics
        known.minutes_attended,

        ---------- timestamps
        known.invited_at,
        known.registered_at,
        known.attended_at,

        ---------- dates
        {{ local_day('known.invited_at', 'company.reporting_timezone') }} as invited_on,
        {{ local_day('known.registered_at', 'company.reporting_timezone') }} as registered_on,
        {{ local_day('known.attended_at', 'company.reporting_timezone') }} as attended_on
    from known
    cross join company

)

select * from final
