with

lost_cells as (

    select * from {{ ref('stg_ops__lost_cells') }}

),

final as (

    select
        connector,
        stream,
        account_id,
        column_name,
        reason_code,
        cells
    from lost_cells

)

select * from final
