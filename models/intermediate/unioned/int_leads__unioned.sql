{{ config(materialized='view') }}

{{ unioned('leads') }}
