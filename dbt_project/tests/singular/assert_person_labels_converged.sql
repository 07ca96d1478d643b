{{ config(meta={'dagster': {'ref': {'name': 'dim_people'}}}) }}

-- Returns rows = failure. Two identifiers that some row shows together have different people:
-- label propagation needs more rounds (int_identity__labels).
with

edges as (

    select * from {{ ref('int_identity_edges__kept') }}

),

labels as (

    select * from {{ ref('int_identity__labels') }}

),

ends as (

    select
        edges.left_node,
        edges.right_node,
        labels.label
    from edges
    inner join labels on edges.left_id = labels.node_id
    union all
    select
        edges.left_node,
        edges.right_node,
        labels.label
    from edges
    inner join labels on edges.right_id = labels.node_id

)

select
    left_node,
    right_node
from ends
group by left_node, right_node
having min(label) <> max(label)
