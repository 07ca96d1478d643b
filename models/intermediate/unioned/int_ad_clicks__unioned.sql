{{ config(materialized='view') }}

with

google_ads as (

    select * from {{ ref('stg_google_ads__ad_clicks') }}

),

final as (

    select * from google_ads

)

select * from final
