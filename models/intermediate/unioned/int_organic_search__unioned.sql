{{ config(enabled=delivered('organic_search')) }}

{{ unioned('organic_search') }}
