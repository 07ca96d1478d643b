{{ config(enabled=delivered('social_post_days')) }}

{{ unioned('social_post_days') }}
