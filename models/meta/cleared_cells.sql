with

cleared as (

    select * from {{ ref('stg_ops__cells_cleared') }}

),

ledger as (

    select
        slice_id,
        case
            when kind = 'entity_snapshot'
                then row_number() over (
                    partition by connector, stream, account_id
                    order by sequence desc
                )
            else 1
        end as version
    from {{ ref('stg_ops__ledger') }}

),

final as (

    select
        cleared.connector,
        cleared.stream,
        cleared.account_id,
        cleared.column_name,
        cleared.reason_code,
        cast(sum(cleared.cells) as bigint) as cells
    from cleared
    inner join ledger on cleared.slice_id = ledger.slice_id
    where ledger.version = 1
    group by
        cleared.connector,
        cleared.stream,
        cleared.account_id,
        cleared.column_name,
        cleared.reason_code

)

select * from final
