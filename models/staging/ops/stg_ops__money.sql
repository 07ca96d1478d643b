with

money as (
    select * from {{ source('ops', 'money') }}
),

final as (
    select
        connector,
        stream,
        account_id,
        loaded,
        refused,
        in_totals
    from money
)

select * from final
