{{ config(enabled=delivered('page_views')) }}

{{ unioned('page_views') }}
