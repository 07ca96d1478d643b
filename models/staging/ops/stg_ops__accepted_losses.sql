with

accepted_losses as (
    select * from {{ source('ops', 'accepted_losses') }}
),

final as (
    select
        connector,
        stream,
        account_id,
        rows_lost,
        rows_in,
        money_lost,
        money_in,
        accepted_at
    from accepted_losses
)

select * from final
