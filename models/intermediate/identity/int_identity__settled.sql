-- A device on which one lead was seen is that lead's, and so are the names and devices that meet
-- only that lead's devices. What meets several leads belongs to none: its touches that name a lead
-- have their person, and the others are open to doubt.
with

nodes as (

    select * from {{ ref('int_identity_nodes__numbered') }}
    where identifier_type <> 'click'

),

named as (

    select * from {{ ref('int_identity__named') }}

),

devices as (

    select * from {{ ref('int_identity__devices') }}

),

loose as (

    select * from {{ ref('int_identity__loose') }}

),

met as (

    select
        left_id,
        right_id
    from {{ ref('int_identity_edges__met') }}
    where not is_of_lead

),

neighbours as (

    select
        left_id as node_id,
        right_id as device_id
    from met
    union all
    select
        right_id as node_id,
        left_id as device_id
    from met

),

companions as (

    select
        coalesce(loose.label, neighbours.node_id) as label,
        min(devices.lead_id) as only_lead_id
    from neighbours
    inner join devices on neighbours.device_id = devices.node_id and devices.leads = 1
    left join devices as own_devices on neighbours.node_id = own_devices.node_id
    left join loose on neighbours.node_id = loose.node_id
    where own_devices.node_id is null
    group by coalesce(loose.label, neighbours.node_id)
    having min(devices.lead_id) = max(devices.lead_id)

),

grouped as (

    select
        nodes.node_id,
        nodes.node,
        nodes.identifier_type,
        coalesce(named.label, nodes.node_id) as group_id
    from nodes
    left join named on nodes.node_id = named.node_id

),

final as (

    select
        grouped.node_id,
        grouped.node,
        grouped.identifier_type,
        coalesce(
            case when devices.leads = 1 then devices.lead_id end,
            companions.only_lead_id,
            loose.label,
            grouped.group_id
        ) as person_id,
        coalesce(devices.leads > 1, false) as is_contested
    from grouped
    left join devices on grouped.group_id = devices.node_id
    left join loose on grouped.group_id = loose.node_id
    left join companions on coalesce(loose.label, grouped.group_id) = companions.label

)

select * from final
