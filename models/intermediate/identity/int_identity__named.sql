with

edges as {{ materialized() }} (

    select
        left_id,
        right_id
    from {{ ref('int_identity_edges__kept') }}
    where evidence = 'name'

),

final as (

    {{ connected_labels('edges') | indent(4) }}

)

select * from final
