with

days as (

    {{ dbt.date_spine(
        'day', "cast('2010-01-01' as date)", "cast('2041-01-01' as date)"
    ) | indent(4) }}

),

dates as (

    select cast(date_day as date) as date_day
    from days

),

parts as (

    select
        date_day,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        cast(extract(month from date_day) as integer) as calendar_month,
        cast(extract(day from date_day) as integer) as day_of_month,
        cast(extract(week from date_day) as integer) as iso_week,
        cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
        cast({{ dbt.date_trunc('quarter', 'date_day') }} as date) as quarter_start,
        cast({{ dbt.date_trunc('year', 'date_day') }} as date) as year_start
    from dates

),

final as (

    select
        date_day,
        calendar_year,
        calendar_quarter,
        calendar_month,
        day_of_month,
        iso_week,
        {{ iso_day_of_week('date_day') }} as iso_day_of_week,
        week_start,
        month_start,
        quarter_start,
        year_start,
        {{ iso_day_of_week('date_day') }} >= 6 as is_weekend
    from parts

)

select * from final
