-- Which slice of every configured file counts, found without the model that staging uses.
with

ledger as (

    select * from {{ source('ops', 'ledger') }}

),

inbox_entries as (

    select * from {{ source('ops', 'inbox_entries') }}

),

final as (

    select
        ledger.stream,
        ledger.account_id,
        inbox_entries.keeps_first,
        inbox_entries.is_additive,
        max(ledger.sequence) as sequence
    from ledger
    inner join inbox_entries
        on
            ledger.stream = inbox_entries.stream
            and ledger.account_id = inbox_entries.entry_id
    where ledger.connector = 'inbox'
    group by
        ledger.stream,
        ledger.account_id,
        inbox_entries.keeps_first,
        inbox_entries.is_additive

)

select * from final
