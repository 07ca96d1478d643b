{{ config(materialized='view', enabled=delivered('keyword_days')) }}

{{ unioned('keyword_days') }}
