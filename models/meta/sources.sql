with

ledger as (

    select * from {{ ref('stg_ops__ledger') }}

),

final as (

    select
        connector,
        stream,
        count(distinct account_id) as accounts,
        count(*) as slices,
        max(extracted_at) as newest_slice_at,
        max(window_end) as covered_until,
        cast(sum(rows_in) as bigint) as rows_in,
        cast(sum(rows_loaded) as bigint) as rows_loaded,
        cast(sum(rows_quarantined) as bigint) as rows_quarantined
    from ledger
    group by connector, stream

)

select * from final
