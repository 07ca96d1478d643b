with

edges as (

    select * from {{ ref('int_identity_edges__kept') }}

),

labels as (

    select * from {{ ref('int_identity__labels') }}

),

nodes as (

    select
        left_id as node_id,
        left_node as node
    from edges
    union
    select
        right_id as node_id,
        right_node as node
    from edges

),

final as (

    select
        nodes.node,
        {{ surrogate_key(['named.node']) }} as person_key
    from nodes
    inner join labels on nodes.node_id = labels.node_id
    inner join nodes as named on labels.label = named.node_id

)

select * from final
