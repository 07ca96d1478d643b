with

quarantine as (
    select * from {{ source('ops', 'quarantine') }}
),

final as (
    select
        slice_id,
        connector,
        stream,
        account_id,
        row_number,
        reason_code,
        detail
    from quarantine
)

select * from final
