with

losses as (
    select * from {{ source('ops', 'losses') }}
),

final as (
    select
        connector,
        stream,
        account_id,
        reason_code,
        rows,
        first_line,
        example,
        money
    from losses
)

select * from final
