{{ config(enabled=delivered('event_attendance')) }}

-- Lists of one event overlap: who registered is in one file, who came in another. What any of them
-- says of a person holds. A line that names nobody is a person of its own; in two files it is one.
with

slices as (

    select
        slice_id,
        extracted_at
    from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

words as (

    select * from {{ ref('attendance_words') }}

),

attendance as (

    select * from {{ source('inbox', 'event_attendance') }}

),

lines as (

    select
        attendance.event_id,
        nullif(trim(attendance.lead_id), '') as lead_id,
        nullif(trim(attendance.email_hash), '') as email_hash,
        nullif(trim(attendance.visitor_id), '') as visitor_id,
        words.attendance_status,
        {{ known_from('attendance.invited_at', 'company.reporting_timezone') }} as invited_at,
        {{ known_from('attendance.registered_at', 'company.reporting_timezone') }}
            as registered_at,
        {{ known_from('attendance.attended_at', 'company.reporting_timezone') }} as attended_at,
        {{ known_until('attendance.attended_at', 'company.reporting_timezone') }}
            as attended_until,
        attendance.minutes_attended,
        coalesce(
            attendance.is_attended,
            attendance.attended_at is not null
            or coalesce(attendance.minutes_attended > 0, false)
            or coalesce(words.attendance_status = 'attended', false)
        ) as is_attended,
        slices.extracted_at,
        attendance._slice_id,
        attendance._row_number,
        {{ surrogate_key([
            'attendance.event_id', 'attendance.status', 'attendance.invited_at',
            'attendance.registered_at', 'attendance.attended_at', 'attendance.is_attended',
            'attendance.minutes_attended',
        ]) }} as content_key
    from attendance
    cross join company
    inner join slices on attendance._slice_id = slices.slice_id
    left join words on {{ bare_word('attendance.status') }} = words.attendance_word

),

named as (

    select
        *,
        coalesce(
            'lead:' || lead_id,
            'email:' || email_hash,
            'visitor:' || visitor_id,
            'nobody:' || content_key || ':' || cast(
                row_number() over (
                    partition by
                        _slice_id,
                        content_key,
                        coalesce(lead_id, email_hash, visitor_id) is null
                    order by _row_number
                ) as {{ dbt.type_string() }}
            )
        ) as identity
    from lines

),

final as (

    select
        'inbox' as source_system,
        {{ surrogate_key(['event_id', 'identity']) }} as attendance_id,
        event_id,
        min(lead_id) as lead_id,
        min(email_hash) as email_hash,
        min(visitor_id) as visitor_id,
        max(
            case
                when
                    is_attended
                    or registered_at is not null
                    or attendance_status in ('attended', 'registered')
                    then 1
                else 0
            end
        ) = 1 as is_registered,
        max(case when is_attended then 1 else 0 end) = 1 as is_attended,
        min(invited_at) as invited_at,
        min(registered_at) as registered_at,
        min(case when is_attended then attended_at end) as attended_at,
        min(case when is_attended then attended_until end) as attended_until,
        max(case when is_attended then minutes_attended end) as minutes_attended,
        max(extracted_at) as read_at
    from named
    group by event_id, identity

)

select * from final
