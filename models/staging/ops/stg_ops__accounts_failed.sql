with

accounts_failed as (
    select * from {{ source('ops', 'accounts_failed') }}
),

final as (
    select
        connector,
        stream,
        account_id,
        failed_at,
        message
    from accounts_failed
)

select * from final
