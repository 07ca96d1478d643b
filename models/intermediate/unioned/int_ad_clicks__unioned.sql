{{ config(materialized='view') }}

{{ unioned('ad_clicks') }}
