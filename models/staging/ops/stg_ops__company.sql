with

company as (
    select * from {{ source('ops', 'company') }}
),

final as (
    select
        name,
        reporting_currency,
        reporting_timezone,
        cast(fiscal_year_month as integer) as fiscal_year_month,
        fx_max_age_days
    from company
)

select * from final
