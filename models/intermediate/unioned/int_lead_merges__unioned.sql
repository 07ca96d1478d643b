{{ config(materialized='view') }}

with

hubspot as (

    select * from {{ ref('stg_hubspot__lead_merges') }}

),

final as (

    select * from hubspot

)

select * from final
