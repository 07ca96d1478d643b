with

google_ads as (

    select * from {{ ref('stg_google_ads__ad_spend') }}

),

inbox as (

    select * from {{ ref('stg_inbox__ad_spend') }}

),

final as (

    select * from google_ads
    union all
    select * from inbox

)

select * from final
