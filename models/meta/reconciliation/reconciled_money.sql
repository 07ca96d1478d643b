{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- No money of a source is lost silently: what its slices hold is what was loaded and what was
-- refused, lines of totals among it. Of the refused, what no newer record replaced and no other
-- line states is missing from the figures (meta.losses) and shown. Amounts are absolute, in the
-- currencies that the source states.
with

ledger as (

    select * from {{ ref('stg_ops__ledger') }}

),

money as (

    select * from {{ ref('stg_ops__money') }}

),

losses as (

    select * from {{ ref('stg_ops__losses') }}

),

landed as (

    select
        connector,
        stream,
        account_id,
        sum(coalesce(money_in, 0)) as money_in
    from ledger
    group by connector, stream, account_id

),

missing as (

    select
        connector,
        stream,
        account_id,
        sum(money) as money_missing
    from losses
    group by connector, stream, account_id

),

numbered as (

    select
        connector || '.' || stream || ' ' || account_id as subject,
        coalesce(money_in, 0) as money_in,
        coalesce(money_left_out, 0) as money_left_out,
        row_number() over (
            partition by connector, stream, account_id order by sequence desc
        ) as slice_rank
    from ledger

),

sources as (

    select
        money.connector || '.' || money.stream || ' ' || money.account_id as subject,
        coalesce(landed.money_in, 0) as money_in,
        money.loaded,
        money.refused,
        coalesce(missing.money_missing, 0) as money_missing
    from money
    left join landed
        on
            money.connector = landed.connector
            and money.stream = landed.stream
            and money.account_id = landed.account_id
    left join missing
        on
            money.connector = missing.connector
            and money.stream = missing.stream
            and money.account_id = missing.account_id

),

final as (

    select
        'money_in_vs_loaded_and_refused' as check_name,
        'all' as period,
        subject,
        'as stated' as unit,
        money_in as left_side,
        loaded + refused as right_side,
        'error' as severity
    from sources
    union all
    select
        'money_counted_and_missing_vs_counted' as check_name,
        'all' as period,
        subject,
        'as stated' as unit,
        loaded + money_missing as left_side,
        loaded as right_side,
        'warn' as severity
    from sources
    where money_missing > 0
    union all
    -- What the entry's where leaves out of the newest file.
    select
        'money_of_file_vs_meant' as check_name,
        'all' as period,
        subject,
        'as stated' as unit,
        money_in + money_left_out as left_side,
        money_in as right_side,
        'none' as severity
    from numbered
    where slice_rank = 1 and money_left_out > 0

)

select * from final
