{{ config(materialized='view') }}

{{ unioned('opportunity_contacts') }}
