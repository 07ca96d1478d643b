{{ config(enabled=delivered('content')) }}

{{ unioned('content') }}
