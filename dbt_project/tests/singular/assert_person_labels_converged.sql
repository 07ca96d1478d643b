{{ config(meta={'dagster': {'ref': {'name': 'dim_people'}}}) }}

-- Returns rows = failure. Two names that some row shows together, or two devices of no lead, have
-- different people: label propagation needs more rounds (connected_labels).
with

names as (

    select
        left_id,
        right_id
    from {{ ref('int_identity_edges__kept') }}
    where evidence = 'name'

),

named as (

    select * from {{ ref('int_identity__named') }}

),

met as (

    select
        left_id,
        right_id
    from {{ ref('int_identity_edges__met') }}

),

loose as (

    select * from {{ ref('int_identity__loose') }}

)

select
    names.left_id,
    names.right_id
from names
left join named as left_named on names.left_id = left_named.node_id
left join named as right_named on names.right_id = right_named.node_id
where coalesce(left_named.label, -1) <> coalesce(right_named.label, -2)

union all

select
    met.left_id,
    met.right_id
from met
inner join loose as left_loose on met.left_id = left_loose.node_id
inner join loose as right_loose on met.right_id = right_loose.node_id
where left_loose.label <> right_loose.label
