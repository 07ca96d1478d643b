with

attribution as (
    select * from {{ source('ops', 'attribution') }}
),

final as (
    select
        half_life_days,
        account_scope,
        lookback_restarts,
        resamples,
        seed
    from attribution
)

select * from final
