with

edges as (

    select * from {{ ref('int_identity_edges__met') }}
    where is_of_lead

),

final as (

    select
        right_id as node_id,
        min(left_id) as lead_id,
        count(*) as leads
    from edges
    group by right_id

)

select * from final
