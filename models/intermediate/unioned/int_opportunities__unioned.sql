{{ config(materialized='view') }}

with

hubspot as (

    select * from {{ ref('stg_hubspot__opportunities') }}

),

inbox as (

    select * from {{ ref('stg_inbox__opportunities') }}

),

final as (

    select * from hubspot
    union all
    select * from inbox

)

select * from final
