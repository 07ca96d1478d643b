with

custom_weights as (
    select * from {{ source('ops', 'custom_weights') }}
),

final as (
    select
        role,
        weight
    from custom_weights
)

select * from final
