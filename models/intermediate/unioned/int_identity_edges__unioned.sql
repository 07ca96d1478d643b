{{ config(materialized='view') }}

with

hubspot as (

    select * from {{ ref('stg_hubspot__identity_edges') }}

),

matomo as (

    select * from {{ ref('stg_matomo__identity_edges') }}

),

final as (

    select * from hubspot
    union all
    select * from matomo

)

select * from final
