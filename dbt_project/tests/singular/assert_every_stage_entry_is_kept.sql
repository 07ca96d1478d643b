{{ config(enabled=delivered('stage_history')) }}

with

delivered_entries as (

    select
        source_system,
        count(*) as entries
    from {{ ref('int_stage_history__unioned') }}
    group by source_system

),

facts as (

    select
        source_system,
        count(*) as entries
    from {{ ref('fct_stage_entries') }}
    group by source_system

)

select
    coalesce(delivered_entries.source_system, facts.source_system) as source_system,
    delivered_entries.entries as entries_delivered,
    facts.entries
from delivered_entries
full outer join facts on delivered_entries.source_system = facts.source_system
where coalesce(delivered_entries.entries, 0) <> coalesce(facts.entries, 0)
