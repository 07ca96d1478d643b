with

audiences as (

    select * from {{ ref('int_attribution__audiences') }}

),

final as (

    select
        conversion_key,
        person_key
    from audiences

)

select * from final
