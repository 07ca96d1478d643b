{{ config(enabled=delivered('referrals')) }}

{{ unioned('referrals') }}
