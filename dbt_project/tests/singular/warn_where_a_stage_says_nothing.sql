{{ config(
    enabled=delivered('opportunities', by='inbox'),
    severity='warn',
    meta={'dagster': {'ref': {'name': 'fct_opportunities'}}}
) }}

-- Returns rows = warning: a stage of deals in files that says neither won nor lost, although the
-- deals have a close date in the past or the file says it of others, or says it of none. Such deals
-- count as open.
with

lines as (

    select
        *,
        count(is_won) over (partition by _slice_id) as lines_that_say_it,
        count(stage_is_won) over (partition by _slice_id) as stages_that_say_it
    from {{ ref('stg_inbox__opportunity_lines') }}
    where version = 1

)

select
    stage,
    count(*) as deals,
    sum(amount) as amount,
    cast(count(*) as {{ dbt.type_string() }}) || ' deal(s) of '
    || coalesce(cast(sum(amount) as {{ dbt.type_string() }}), '0') || ' in the stage '
    || coalesce(stage, '(none)') || ' say neither won nor lost and count as open: map the column'
    || ' is_won, or the stage under its values' as message
from lines
where
    is_won is null
    and stage_is_won is null
    and (
        closed_at <= _extracted_at
        or lines_that_say_it > 0
        or stages_that_say_it = 0
    )
group by stage
