with

attribution as (
    select * from {{ source('ops', 'attribution') }}
),

final as (
    select
        half_life_days,
        visit_minutes,
        fold_hits,
        account_scope,
        lookback_restarts,
        resamples,
        seed,
        shown_model,
        default_basis
    from attribution
)

select * from final
