-- Files name leads by the ids of the CRM they were exported from. So an id in a file that is no
-- lead of the files is looked up among the other systems, and counts where only one has it.
with

leads as (

    select
        source_system,
        lead_id,
        {{ surrogate_key(['source_system', 'lead_id']) }} as lead_key
    from {{ ref('int_leads__unioned') }}

),

lead_merges as (

    select * from {{ ref('int_lead_merges__unioned') }}

),

own_ids as (

    select
        source_system,
        lead_id,
        lead_key
    from leads

    union all

    select
        lead_merges.source_system,
        lead_merges.merged_lead_id as lead_id,
        survivors.lead_key
    from lead_merges
    inner join leads as survivors
        on
            lead_merges.source_system = survivors.source_system
            and lead_merges.surviving_lead_id = survivors.lead_id
    left join leads as living
        on
            lead_merges.source_system = living.source_system
            and lead_merges.merged_lead_id = living.lead_id
    where living.lead_id is null

),

foreign_ids as (

    select
        others.lead_id,
        min(others.lead_key) as lead_key
    from own_ids as others
    left join own_ids as filed
        on others.lead_id = filed.lead_id and filed.source_system = 'inbox'
    where others.source_system <> 'inbox' and filed.lead_id is null
    group by others.lead_id
    having min(others.source_system) = max(others.source_system)

),

final as (

    select
        source_system,
        lead_id,
        lead_key
    from own_ids

    union all

    select
        'inbox' as source_system,
        lead_id,
        lead_key
    from foreign_ids

)

select * from final
