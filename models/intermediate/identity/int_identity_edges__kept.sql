-- A name (lead, address, user, telephone number) is somebody's. A device may be lent and a link
-- with a click id passed on, so what they show together is weaker evidence.
with

edges as (

    select * from {{ ref('int_identity_edges__gathered') }}

),

nodes as (

    select * from {{ ref('int_identity_nodes__numbered') }}

),

final as (

    select
        edges.left_node,
        edges.right_node,
        left_nodes.node_id as left_id,
        right_nodes.node_id as right_id,
        case
            when 'click' in (left_nodes.identifier_type, right_nodes.identifier_type) then 'click'
            when 'visitor' in (left_nodes.identifier_type, right_nodes.identifier_type)
                then 'device'
            else 'name'
        end as evidence
    from edges
    inner join nodes as left_nodes on edges.left_node = left_nodes.node
    inner join nodes as right_nodes on edges.right_node = right_nodes.node

)

select * from final
