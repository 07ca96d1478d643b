with

google_ads as (

    select * from {{ ref('stg_google_ads__campaigns') }}

),

mailchimp as (

    select * from {{ ref('stg_mailchimp__campaigns') }}

),

final as (

    select * from google_ads
    union all
    select * from mailchimp

)

select * from final
