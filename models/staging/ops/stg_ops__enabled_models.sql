with

enabled_models as (
    select * from {{ source('ops', 'enabled_models') }}
),

final as (
    select attribution_model
    from enabled_models
)

select * from final
