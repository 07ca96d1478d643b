{{ config(materialized='view') }}

with

matomo as (

    select * from {{ ref('stg_matomo__touchpoints') }}

),

mailchimp as (

    select * from {{ ref('stg_mailchimp__touchpoints') }}

),

hubspot as (

    select * from {{ ref('stg_hubspot__touchpoints') }}

),

inbox as (

    select * from {{ ref('stg_inbox__touchpoints') }}

),

final as (

    select * from matomo
    union all
    select * from mailchimp
    union all
    select * from hubspot
    union all
    select * from inbox

)

select * from final
