with

company as (
    select * from {{ source('ops', 'company') }}
),

final as (
    select
        name,
        reporting_currency,
        reporting_timezone,
        fx_max_age_days
    from company
)

select * from final
