{{ config(materialized='view') }}

with

hubspot as (

    select * from {{ ref('stg_hubspot__leads') }}

),

inbox as (

    select * from {{ ref('stg_inbox__leads') }}

),

final as (

    select * from hubspot
    union all
    select * from inbox

)

select * from final
