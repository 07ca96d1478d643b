{{ config(meta={'dagster': {'ref': {'name': 'dim_people'}}}) }}

-- Returns rows = failure. Two identifiers that some row shows together have different people: label
-- propagation needs more rounds (int_identity__labels).
select
    edges.left_node,
    edges.right_node
from {{ ref('int_identity_edges__kept') }} as edges
inner join {{ ref('int_identity__labels') }} as left_labels on edges.left_id = left_labels.node_id
inner join {{ ref('int_identity__labels') }} as right_labels on edges.right_id = right_labels.node_id
where left_labels.label <> right_labels.label
