with

inbox as (

    select * from {{ ref('stg_inbox__costs') }}

),

final as (

    select * from inbox

)

select * from final
