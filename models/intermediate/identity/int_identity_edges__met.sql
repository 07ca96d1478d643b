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

    select distinct
        case when left_id < right_id then left_id else right_id end as left_id,
        case when left_id < right_id then right_id else left_id end as right_id
    from grouped

),

met as (

    select
        ordered.left_id,
        ordered.right_id,
        ordered.left_id <= leads.last_lead_id as is_of_lead
    from ordered
    cross join leads
    where ordered.left_id <> ordered.right_id

),

devices as (

    select right_id as node_id
    from met
    where is_of_lead
    group by right_id

),

-- A lead, and a device on which a lead was seen, lengthens no chain: over it two leads would
-- become one.
final as (

    select
        met.left_id,
        met.right_id,
        met.is_of_lead,
        not met.is_of_lead
        and left_devices.node_id is null
        and right_devices.node_id is null as is_loose
    from met
    left join devices as left_devices on met.left_id = left_devices.node_id
    left join devices as right_devices on met.right_id = right_devices.node_id

)

select * from final
