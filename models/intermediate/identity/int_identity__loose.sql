-- People who are no lead go by the devices and names that meet. A lead, and a device on which a
-- lead was seen, lengthens no chain: over it two leads would become one.
with

edges as {{ materialized() }} (

    select
        met.left_id,
        met.right_id
    from {{ ref('int_identity_edges__met') }} as met
    left join {{ ref('int_identity__devices') }} as left_devices
        on met.left_id = left_devices.node_id
    left join {{ ref('int_identity__devices') }} as right_devices
        on met.right_id = right_devices.node_id
    where
        not met.is_of_lead
        and left_devices.node_id is null
        and right_devices.node_id is null

),

final as (

    {{ connected_labels('edges') | indent(4) }}

)

select * from final
