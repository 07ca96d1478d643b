{{ config(materialized='view') }}

{{ unioned('opportunities') }}
