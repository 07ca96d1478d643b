with

ledger as (
    select * from {{ source('ops', 'ledger') }}
),

final as (
    select
        slice_id,
        sequence,
        connector,
        stream,
        kind,
        account_id,
        window_start,
        window_end,
        extracted_at,
        rows_in,
        rows_loaded,
        rows_quarantined,
        cells_repaired,
        cells_cleared,
        rows_left_out,
        unknown_fields,
        loaded_at,
        money_in,
        money_left_out
    from ledger
)

select * from final
