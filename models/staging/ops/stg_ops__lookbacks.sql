with

lookbacks as (
    select * from {{ source('ops', 'lookbacks') }}
),

final as (
    select
        touch_type,
        lookback_days
    from lookbacks
)

select * from final
