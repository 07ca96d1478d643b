{{ config(materialized='view', enabled=delivered('landing_page_days')) }}

{{ unioned('landing_page_days') }}
