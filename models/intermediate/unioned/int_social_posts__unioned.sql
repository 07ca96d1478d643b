{{ config(enabled=delivered('social_posts')) }}

{{ unioned('social_posts') }}
