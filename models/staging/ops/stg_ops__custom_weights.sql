with

custom_weights as (
    select * from {{ source('ops', 'custom_weights') }}
),

final as (
    select
        position,
        weight
    from custom_weights
)

select * from final
