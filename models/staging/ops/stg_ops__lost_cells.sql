with

lost_cells as (
    select * from {{ source('ops', 'lost_cells') }}
),

final as (
    select
        connector,
        stream,
        account_id,
        column_name,
        reason_code,
        cells
    from lost_cells
)

select * from final
