{{ config(enabled=delivered('mailings')) }}

{{ unioned('mailings') }}
