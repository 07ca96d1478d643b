{{ config(materialized='view') }}

{{ unioned('identity_edges') }}
