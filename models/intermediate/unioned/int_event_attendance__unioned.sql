{{ config(enabled=delivered('events') or delivered('event_attendance')) }}

{{ unioned('event_attendance') }}
