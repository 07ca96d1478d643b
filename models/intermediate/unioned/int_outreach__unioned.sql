{{ config(enabled=delivered('outreach')) }}

{{ unioned('outreach') }}
