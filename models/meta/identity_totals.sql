with

people as (

    select * from {{ ref('dim_people') }}
    where person_key <> 'unknown'

),

lead_merges as (

    select * from {{ ref('int_lead_merges__unioned') }}

),

lead_ids as (

    select * from {{ ref('int_lead_ids__resolved') }}

),

counted_touches as (

    select count(*) as touches
    from {{ ref('fct_touchpoints') }}
    where touchpoint_key <> 'unattributed'

),

counted_people as (

    select
        count(*) as people,
        count(case when is_lead then 1 end) as people_with_leads,
        cast(coalesce(sum(leads), 0) as bigint) as leads,
        cast(coalesce(max(leads), 0) as bigint) as most_leads_of_a_person,
        cast(coalesce(max(touches), 0) as bigint) as most_touches_of_a_person
    from people

),

counted_merges as (

    select
        count(lead_ids.lead_key) as lead_merges_followed,
        count(*) - count(lead_ids.lead_key) as lead_merges_into_nothing
    from lead_merges
    left join lead_ids
        on
            lead_merges.source_system = lead_ids.source_system
            and lead_merges.merged_lead_id = lead_ids.lead_id

),

counted_pairs as (

    select count(*) as pairs
    from {{ ref('int_identity_edges__gathered') }}

),

counted_kept_pairs as (

    select count(*) as pairs_kept
    from {{ ref('int_identity_edges__kept') }}

),

final as (

    select
        counted_touches.touches,
        counted_people.people,
        counted_people.people_with_leads,
        counted_people.leads,
        counted_people.most_leads_of_a_person,
        counted_people.most_touches_of_a_person,
        counted_merges.lead_merges_followed,
        counted_merges.lead_merges_into_nothing,
        counted_kept_pairs.pairs_kept,
        counted_pairs.pairs - counted_kept_pairs.pairs_kept as pairs_left_out
    from counted_touches
    cross join counted_people
    cross join counted_merges
    cross join counted_pairs
    cross join counted_kept_pairs

)

select * from final
