with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where touchpoint_key <> 'unattributed'

),

people as (

    select
        person_key,
        is_lead
    from {{ ref('dim_people') }}

),

identifiers as (

    select
        judged.*,
        coalesce(people.is_contested, false) as is_contested
    from {{ ref('int_identifiers__judged') }} as judged
    left join {{ ref('int_identity__people') }} as people on judged.node = people.node

),

touches as (

    select
        touchpoints.identified_by as identifier_type,
        count(*) as touches,
        count(case when people.is_lead then 1 end) as touches_of_leads,
        count(case when touchpoints.is_stitched then 1 end) as touches_stitched,
        count(case when touchpoints.person_key <> 'unknown' and not people.is_lead then 1 end)
            as touches_anonymous,
        count(case when touchpoints.person_key = 'unknown' then 1 end) as touches_unresolved
    from touchpoints
    inner join people on touchpoints.person_key = people.person_key
    group by touchpoints.identified_by

),

met as (

    select
        identifier_type,
        count(*) as identifiers,
        count(case when is_shared then 1 end) as identifiers_shared,
        count(case when is_contested then 1 end) as identifiers_contested,
        sum(case when is_shared then pairs else 0 end) as pairs_left_out
    from identifiers
    group by identifier_type

),

joining as (

    select
        identifier_type,
        count(case when companies > 1 then 1 end) as identifiers_across_companies,
        count(case when sources > 1 then 1 end) as identifiers_across_sources
    from {{ ref('stg_reconciliation__joining_identifiers') }}
    group by identifier_type

),

types as (

    select identifier_type from touches
    union
    select identifier_type from met

),

final as (

    select
        types.identifier_type,
        coalesce(touches.touches, 0) as touches,
        coalesce(touches.touches_of_leads, 0) as touches_of_leads,
        coalesce(touches.touches_stitched, 0) as touches_stitched,
        coalesce(touches.touches_anonymous, 0) as touches_anonymous,
        coalesce(touches.touches_unresolved, 0) as touches_unresolved,
        coalesce(met.identifiers, 0) as identifiers,
        coalesce(met.identifiers_shared, 0) as identifiers_shared,
        coalesce(met.identifiers_contested, 0) as identifiers_contested,
        coalesce(joining.identifiers_across_companies, 0) as identifiers_across_companies,
        coalesce(joining.identifiers_across_sources, 0) as identifiers_across_sources,
        cast(coalesce(met.pairs_left_out, 0) as bigint) as pairs_left_out
    from types
    left join touches on types.identifier_type = touches.identifier_type
    left join met on types.identifier_type = met.identifier_type
    left join joining on types.identifier_type = joining.identifier_type

)

select * from final
