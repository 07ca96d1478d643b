{% set months = [
    ('January', 'januari'), ('February', 'februari'), ('March', 'mars'), ('April', 'april'),
    ('May', 'maj'), ('June', 'juni'), ('July', 'juli'), ('August', 'augusti'),
    ('September', 'september'), ('October', 'oktober'), ('November', 'november'),
    ('December', 'december'),
] %}
{% set weekdays = [
    ('Monday', 'måndag'), ('Tuesday', 'tisdag'), ('Wednesday', 'onsdag'), ('Thursday', 'torsdag'),
    ('Friday', 'fredag'), ('Saturday', 'lördag'), ('Sunday', 'söndag'),
] %}

with

days as (

    {{ dbt.date_spine(
        'day', "cast('2010-01-01' as date)", "cast('2041-01-01' as date)"
    ) | indent(4) }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

dates as (

    select
        cast(days.date_day as date) as date_day,
        cast({{ dbt.dateadd(
            'month', '1 - company.fiscal_year_month', 'cast(days.date_day as date)'
        ) }} as date) as shifted_day,
        company.fiscal_year_month
    from days
    cross join company

),

-- The year of an ISO 8601 week is that of its Thursday; a fiscal year is named after the calendar
-- year in which it ends.
parts as (

    select
        date_day,
        cast(extract(year from date_day) as integer) as calendar_year,
        cast(extract(quarter from date_day) as integer) as calendar_quarter,
        cast(extract(month from date_day) as integer) as calendar_month,
        cast(extract(day from date_day) as integer) as day_of_month,
        cast(extract(week from date_day) as integer) as iso_week,
        {{ iso_day_of_week('date_day') }} as iso_day_of_week,
        cast(extract(year from shifted_day) as integer)
        + case when fiscal_year_month > 1 then 1 else 0 end as fiscal_year,
        cast(extract(quarter from shifted_day) as integer) as fiscal_quarter,
        cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start,
        cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start,
        cast({{ dbt.date_trunc('quarter', 'date_day') }} as date) as quarter_start,
        cast({{ dbt.date_trunc('year', 'date_day') }} as date) as year_start,
        cast({{ dbt.date_trunc('year', 'shifted_day') }} as date) as shifted_year_start,
        fiscal_year_month
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
        cast(extract(year from {{ dbt.dateadd('day', 3, 'week_start') }}) as integer) as iso_year,
        iso_day_of_week,
        fiscal_year,
        fiscal_quarter,
        case calendar_month
            {% for english, swedish in months %}
                when {{ loop.index }} then '{{ english }}'
            {% endfor %}
        end as month_name,
        case calendar_month
            {% for english, swedish in months %}
                when {{ loop.index }} then '{{ swedish }}'
            {% endfor %}
        end as month_name_sv,
        case iso_day_of_week
            {% for english, swedish in weekdays %}
                when {{ loop.index }} then '{{ english }}'
            {% endfor %}
        end as weekday_name,
        case iso_day_of_week
            {% for english, swedish in weekdays %}
                when {{ loop.index }} then '{{ swedish }}'
            {% endfor %}
        end as weekday_name_sv,
        week_start,
        month_start,
        quarter_start,
        year_start,
        cast(
            {{ dbt.dateadd('month', 'fiscal_year_month - 1', 'shifted_year_start') }} as date
        ) as fiscal_year_start,
        iso_day_of_week >= 6 as is_weekend
    from parts

)

select * from final
