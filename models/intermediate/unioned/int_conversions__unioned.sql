{{ config(materialized='view') }}

with

inbox as (

    select * from {{ ref('stg_inbox__conversions') }}

),

final as (

    select * from inbox

)

select * from final
