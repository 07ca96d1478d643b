with

quarantine as (

    select * from {{ ref('stg_ops__quarantine') }}

),

final as (

    select
        connector,
        stream,
        reason_code,
        count(*) as rows
    from quarantine
    group by connector, stream, reason_code

)

select * from final
