{{ config(enabled=delivered('events') or delivered('event_attendance')) }}

{{ unioned('events') }}
