{{ config(materialized='view', enabled=delivered('ads')) }}

{{ unioned('ads') }}
