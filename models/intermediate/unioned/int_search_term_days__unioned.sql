{{ config(materialized='view', enabled=delivered('search_term_days')) }}

{{ unioned('search_term_days') }}
