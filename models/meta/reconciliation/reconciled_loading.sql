{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Nothing read is unaccounted for: rows in = loaded + quarantined, and every quarantined row is
-- kept.
with

ledger as (

    select * from {{ ref('stg_ops__ledger') }}

),

quarantine as (

    select * from {{ ref('stg_ops__quarantine') }}

),

kept as (

    select
        slice_id,
        count(*) as kept_rows
    from quarantine
    group by slice_id

),

slices as (

    select
        ledger.connector,
        ledger.stream,
        ledger.rows_in,
        ledger.rows_loaded,
        ledger.rows_quarantined,
        coalesce(kept.kept_rows, 0) as kept_rows
    from ledger
    left join kept on ledger.slice_id = kept.slice_id

),

streams as (

    select
        connector || '.' || stream as subject,
        sum(rows_in) as rows_in,
        sum(rows_loaded + rows_quarantined) as rows_accounted,
        sum(rows_quarantined) as rows_quarantined,
        sum(kept_rows) as kept_rows
    from slices
    group by connector, stream

),

final as (

    select
        'rows_in_vs_loaded_and_quarantined' as check_name,
        'all' as period,
        subject,
        'rows' as unit,
        rows_in as left_side,
        rows_accounted as right_side,
        'error' as severity
    from streams
    union all
    select
        'rows_quarantined_vs_quarantine' as check_name,
        'all' as period,
        subject,
        'rows' as unit,
        rows_quarantined as left_side,
        kept_rows as right_side,
        'error' as severity
    from streams

)

select * from final
