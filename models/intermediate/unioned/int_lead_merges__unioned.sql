{{ config(materialized='view') }}

{{ unioned('lead_merges') }}
