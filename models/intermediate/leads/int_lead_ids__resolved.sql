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

    select
        source_system,
        merged_lead_id,
        min(surviving_lead_id) as surviving_lead_id
    from {{ ref('int_lead_merges__unioned') }}
    where merged_lead_id <> surviving_lead_id
    group by source_system, merged_lead_id

),

-- A survivor may be merged again: each hop below doubles the length of the chains it follows.
{% for hop in [1, 2, 3, 4] %}
    {% set followed = 'lead_merges' if loop.first else 'merges_' ~ (hop - 1) %}
    merges_{{ hop }} as (

        select
            earlier.source_system,
            earlier.merged_lead_id,
            coalesce(later.surviving_lead_id, earlier.surviving_lead_id) as surviving_lead_id
        from {{ followed }} as earlier
        left join {{ followed }} as later
            on
                earlier.source_system = later.source_system
                and earlier.surviving_lead_id = later.merged_lead_id

    ),
{% endfor %}
own_ids as (

    select
        source_system,
        lead_id,
        lead_key
    from leads

    union all

    select
        merges_4.source_system,
        merges_4.merged_lead_id as lead_id,
        survivors.lead_key
    from merges_4
    inner join leads as survivors
        on
            merges_4.source_system = survivors.source_system
            and merges_4.surviving_lead_id = survivors.lead_id
    left join leads as living
        on
            merges_4.source_system = living.source_system
            and merges_4.merged_lead_id = living.lead_id
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
