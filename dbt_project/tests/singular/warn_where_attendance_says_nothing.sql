{{ config(
    enabled=delivered('event_attendance'),
    severity='warn',
    meta={'dagster': {'ref': {'name': 'fct_event_attendance'}}}
) }}

-- Returns rows = warning: a status in a list of an event's people that no word explains, on lines
-- that say nothing else. Such people count as invited alone.
with

lines as (

    select attendance.*
    from {{ source('inbox', 'event_attendance') }} as attendance
    inner join {{ ref('stg_inbox__slices') }} as slices on attendance._slice_id = slices.slice_id
    left join {{ ref('attendance_words') }} as words
        on {{ bare_word('attendance.status') }} = words.attendance_word
    where trim(attendance.status) <> '' and words.attendance_word is null

)

select
    _account_id as entry_id,
    status,
    count(*) as people,
    cast(count(*) as {{ dbt.type_string() }}) || ' line(s) of ' || _account_id
    || ' have the status ' || trim(status)
    || ', which says neither attended nor registered: map it under values (docs/inbox.md)'
        as message
from lines
where
    is_attended is null
    and attended_at is null
    and registered_at is null
    and coalesce(minutes_attended, 0) = 0
group by _account_id, status
