{{ config(materialized='ephemeral', enabled=delivered('event_attendance')) }}

-- Who came to an event and is somebody, once per event and name: the touches that must be there.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'event_attendance'

),

events as (
    {% if delivered('events') %}
        select * from ({{ landed_lines('events', 'event_id', 'starts_at') }}) as lines
        where row_rank = 1
    {% else %}
        select
            cast(null as {{ dbt.type_string() }}) as event_id,
            cast(null as {{ dbt.type_string() }}) as event_type,
            cast(null as timestamp) as happened_at
        where 1 = 0
    {% endif %}
),

lines as (

    select
        attendance.event_id,
        attendance._extracted_at as read_at,
        case
            when nullif(trim(attendance.lead_id), '') is not null
                then '1' || trim(attendance.lead_id)
            when nullif(trim(attendance.email_hash), '') is not null
                then '2' || trim(attendance.email_hash)
            when nullif(trim(attendance.visitor_id), '') is not null
                then '3' || trim(attendance.visitor_id)
        end as somebody,
        {{ known_from('attendance.attended_at', 'company.reporting_timezone') }} as attended_at
    from {{ source('inbox', 'event_attendance') }} as attendance
    cross join company
    inner join newest_files
        on
            attendance._account_id = newest_files.account_id
            and attendance._sequence = newest_files.sequence
    left join {{ ref('attendance_words') }} as words
        on {{ bare_word('attendance.status') }} = words.attendance_word
    where
        attendance.is_attended
        or (
            attendance.is_attended is null
            and (
                attendance.attended_at is not null
                or attendance.minutes_attended > 0
                or words.attendance_status = 'attended'
            )
        )

),

people as (

    select
        event_id,
        somebody,
        min(attended_at) as attended_at,
        max(read_at) as read_at
    from lines
    where somebody is not null
    group by event_id, somebody

),

final as (

    select
        'inbox' as source_system,
        coalesce(words.touch_type, 'event') as touch_type,
        coalesce(people.attended_at, events.happened_at) as occurred_at,
        cast(1 as bigint) as touches,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from people
    left join events on people.event_id = events.event_id
    left join {{ ref('event_type_words') }} as words
        on {{ bare_word('events.event_type') }} = words.event_type_word
    where coalesce(people.attended_at, events.happened_at) <= people.read_at

)

select * from final
