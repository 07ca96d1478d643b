with

mailchimp as (

    select * from {{ ref('stg_mailchimp__email_engagement') }}

),

final as (

    select * from mailchimp

)

select * from final
