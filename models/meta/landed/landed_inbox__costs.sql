{{ config(materialized='ephemeral') }}

with

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'costs'

),

costs as (

    select * from {{ source('inbox', 'costs') }}

),

final as (

    select
        costs.date_day,
        upper(trim(costs.currency)) as currency,
        costs.amount
    from costs
    inner join newest_files
        on
            costs._account_id = newest_files.account_id
            and costs._sequence = newest_files.sequence

)

select * from final
