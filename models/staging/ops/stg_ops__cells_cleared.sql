with

cells_cleared as (
    select * from {{ source('ops', 'cells_cleared') }}
),

final as (
    select
        slice_id,
        connector,
        stream,
        account_id,
        column_name,
        reason_code,
        cells
    from cells_cleared
)

select * from final
