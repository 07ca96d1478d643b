{{ config(materialized='ephemeral', enabled=delivered('costs', by='inbox')) }}

-- Counted without numbering line by line as staging does: equal lines are grouped, and a group
-- counts as often as the one file that has most of it, with every additive file on top.
with

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'costs'

),

lines as (

    select
        costs._sequence,
        costs.date_day,
        upper(trim(costs.currency)) as currency,
        costs.amount,
        {{ surrogate_key([
            'costs.date_day', 'costs.amount', 'costs.currency', 'costs.lead_source',
            'costs.lead_channel', 'costs.campaign', 'costs.description',
        ]) }} as content,
        case when newest_files.is_additive then costs._sequence else 0 end as pool
    from {{ source('inbox', 'costs') }} as costs
    inner join newest_files
        on
            costs._account_id = newest_files.account_id
            and costs._sequence = newest_files.sequence

),

counted as (

    select
        pool,
        content,
        min(date_day) as date_day,
        min(currency) as currency,
        min(amount) as amount,
        count(*) as equal_lines
    from lines
    group by pool, content, _sequence

),

final as (

    select
        min(date_day) as date_day,
        min(currency) as currency,
        cast(min(amount) * max(equal_lines) as decimal(18, 6)) as amount
    from counted
    group by pool, content

)

select * from final
