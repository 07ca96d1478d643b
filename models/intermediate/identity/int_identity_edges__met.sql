-- Which names a device shows, in place of each name the first one of its group. Leads have the
-- smallest ids, so a group has a lead where its first name is one.
with

edges as (

    select
        left_id,
        right_id
    from {{ ref('int_identity_edges__kept') }}
    where evidence = 'device'

),

named as (

    select * from {{ ref('int_identity__named') }}

),

leads as (

    select count(*) as last_lead_id
    from {{ ref('int_identity_nodes__numbered') }}
    where identifier_type = 'lead'

),

grouped as (

    select
        coalesce(left_names.label, edges.left_id) as left_id,
        coalesce(right_names.label, edges.right_id) as right_id
    from edges
    left join named as left_names on edges.left_id = left_names.node_id
    left join named as right_names on edges.right_id = right_names.node_id

),

-- The smaller id on the left: of a lead and a device, the lead.
ordered as (

    select
        case when left_id < right_id then left_id else right_id end as left_id,
        case when left_id < right_id then right_id else left_id end as right_id
    from grouped
    group by 1, 2

),

final as (

    select
        ordered.left_id,
        ordered.right_id,
        ordered.left_id <= leads.last_lead_id as is_of_lead
    from ordered
    cross join leads
    where ordered.left_id <> ordered.right_id

)

select * from final
