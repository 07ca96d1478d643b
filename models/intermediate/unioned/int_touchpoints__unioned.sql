{{ config(materialized='view') }}

{{ unioned('touchpoints') }}
