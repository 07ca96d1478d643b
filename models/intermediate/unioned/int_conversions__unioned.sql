{{ config(materialized='view') }}

{{ unioned('conversions') }}
