-- A kiosk's visitor id or a switchboard's phone number is many people's: an identifier that meets
-- more e-mail addresses or more leads than one person has joins nobody. A phone number that two
-- leads have is a switchboard until something else says otherwise.
with

edges as (

    select * from {{ ref('int_identity_edges__gathered') }}

),

incidences as (

    select
        left_type as node_type,
        left_node as node,
        right_type as neighbour_type,
        right_node as neighbour
    from edges
    union all
    select
        right_type as node_type,
        right_node as node,
        left_type as neighbour_type,
        left_node as neighbour
    from edges

),

met as (

    select
        node,
        node_type,
        count(case when neighbour_type = 'email' then 1 end) as emails,
        count(case when neighbour_type = 'lead' then 1 end) as leads
    from incidences
    where node_type in ('visitor', 'user', 'click', 'phone')
    group by node, node_type

),

shared as (

    select node
    from met
    where
        emails > {{ var('emails_of_one_person') }}
        or leads > {{ var('leads_of_one_person') }}
        or (node_type = 'phone' and leads > 1)

),

nodes as (

    select
        node,
        row_number() over (order by node) as node_id
    from (
        select incidences.node
        from incidences
        left join shared on incidences.node = shared.node
        where shared.node is null
        group by incidences.node
    ) as unshared

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
