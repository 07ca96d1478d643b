{{ config(materialized='view') }}

with

hubspot as (

    select * from {{ ref('stg_hubspot__opportunity_contacts') }}

),

final as (

    select * from hubspot

)

select * from final
