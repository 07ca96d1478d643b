with

inbox as (

    select * from {{ ref('stg_inbox__fx_rates') }}

),

final as (

    select * from inbox

)

select * from final
