{{ config(materialized='ephemeral', enabled=delivered('events')) }}

with

inbox as (
    {{ landed_lines('events', 'event_id', 'starts_at') }}
),

final as (

    select
        cast({{ to_local('inbox.happened_at', 'company.reporting_timezone') }} as date) as date_day,
        upper(trim(inbox.currency)) as currency,
        inbox.cost as amount
    from inbox
    cross join {{ ref('stg_ops__company') }} as company
    where inbox.row_rank = 1 and inbox.cost is not null

)

select * from final
