with

ledger as (

    select * from {{ ref('stg_ops__ledger') }}

),

failed as (

    select
        connector,
        stream,
        count(*) as accounts_failed,
        min(account_id || ': ' || message) as first_failure
    from {{ ref('stg_ops__accounts_failed') }}
    group by connector, stream

),

loaded as (

    select
        connector,
        stream,
        count(distinct account_id) as accounts,
        count(*) as slices,
        max(extracted_at) as newest_slice_at,
        max(window_end) as covered_until,
        cast(sum(rows_in) as bigint) as rows_in,
        cast(sum(rows_loaded) as bigint) as rows_loaded,
        cast(sum(rows_quarantined) as bigint) as rows_quarantined,
        cast(sum(cells_repaired) as bigint) as cells_repaired,
        cast(sum(cells_cleared) as bigint) as cells_cleared,
        cast(sum(rows_left_out) as bigint) as rows_left_out
    from ledger
    group by connector, stream

),

final as (

    select
        loaded.connector,
        loaded.stream,
        loaded.accounts,
        loaded.slices,
        loaded.newest_slice_at,
        loaded.covered_until,
        loaded.rows_in,
        loaded.rows_loaded,
        loaded.rows_quarantined,
        loaded.cells_repaired,
        loaded.cells_cleared,
        loaded.rows_left_out,
        cast(coalesce(failed.accounts_failed, 0) as bigint) as accounts_failed,
        failed.first_failure
    from loaded
    left join failed
        on
            loaded.connector = failed.connector
            and loaded.stream = failed.stream

)

select * from final
