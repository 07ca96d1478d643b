-- A file that replaces an earlier one of the same entry supersedes it, also when it is empty:
-- so the newest slice comes from the ledger and not from the rows. An entry that left the
-- configuration takes its rows with it.
with

ledger as (

    select * from {{ source('ops', 'ledger') }}

),

entries as (

    select * from {{ source('ops', 'inbox_entries') }}

),

newest as (

    select
        stream,
        account_id,
        max(sequence) as newest_sequence
    from ledger
    where connector = 'inbox'
    group by stream, account_id

),

final as (

    select
        ledger.slice_id,
        ledger.stream,
        ledger.account_id as entry_id,
        ledger.sequence,
        ledger.extracted_at,
        ledger.rows_loaded,
        entries.keeps_first,
        entries.is_additive
    from ledger
    inner join newest
        on
            ledger.stream = newest.stream
            and ledger.account_id = newest.account_id
            and ledger.sequence = newest.newest_sequence
    inner join entries
        on
            ledger.stream = entries.stream
            and ledger.account_id = entries.entry_id
    where ledger.connector = 'inbox'

)

select * from final
