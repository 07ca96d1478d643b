-- The order of the node ids decides which identifier names a person (int_identity__people): a lead
-- before an address before a user, so that a person who is a lead keeps the key when visits and
-- clicks arrive.
with

edges as (

    select * from {{ ref('int_identity_edges__gathered') }}

),

identifiers as (

    select * from {{ ref('int_identifiers__judged') }}
    where not is_shared

),

nodes as (

    select
        node,
        row_number() over (
            order by
                case identifier_type
                    when 'lead' then 1
                    when 'email' then 2
                    when 'role_mailbox' then 2
                    when 'user' then 3
                    when 'visitor' then 4
                    when 'phone' then 5
                    else 6
                end,
                node
        ) as node_id
    from identifiers

),

final as (

    select
        edges.left_node,
        edges.right_node,
        left_nodes.node_id as left_id,
        right_nodes.node_id as right_id
    from edges
    inner join nodes as left_nodes on edges.left_node = left_nodes.node
    inner join nodes as right_nodes on edges.right_node = right_nodes.node

)

select * from final
