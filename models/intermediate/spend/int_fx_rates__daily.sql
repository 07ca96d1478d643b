-- Weekends and holidays have no rate: the latest one before them holds for them, at most
-- fx_max_age_days long, and ends where the next one starts. A day outside stays without a rate,
-- for the test on missing rates to name. Days that lie ahead of what was read (an event that is
-- announced, a fee booked for the autumn) have none yet: the latest rate holds for them, unless it
-- was too old when it was read.
with

rates as (

    select * from {{ ref('int_fx_rates__unioned') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

observed as (

    select cast(max(extracted_at) as date) as read_day
    from {{ ref('stg_ops__ledger') }}

),

digits as (

    select ten.digit
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as ten (digit)

),

ages as (

    select 100 * hundreds.digit + 10 * tens.digit + units.digit as age_days
    from digits as hundreds
    cross join digits as tens
    cross join digits as units

),

followed as (

    select
        rates.currency,
        rates.rate,
        rates.date_day as rate_day,
        lead(rates.date_day) over (
            partition by rates.currency order by rates.date_day
        ) as next_rate_day
    from rates

),

carried as (

    select
        followed.currency,
        followed.rate,
        followed.rate_day,
        followed.next_rate_day,
        ages.age_days,
        cast({{ dbt.dateadd('day', 'ages.age_days', 'followed.rate_day') }} as date) as date_day
    from followed
    cross join company
    inner join ages on company.fx_max_age_days >= ages.age_days
    where followed.currency <> company.reporting_currency
    union all
    select
        followed.currency,
        followed.rate,
        followed.rate_day,
        followed.next_rate_day,
        ages.age_days,
        cast({{ dbt.dateadd('day', 'ages.age_days', 'followed.rate_day') }} as date) as date_day
    from followed
    cross join company
    cross join observed
    inner join ages on company.fx_max_age_days < ages.age_days
    where
        followed.currency <> company.reporting_currency
        and followed.next_rate_day is null
        and {{ dbt.dateadd('day', 'company.fx_max_age_days', 'followed.rate_day') }}
        >= observed.read_day
        and {{ dbt.dateadd('day', 'ages.age_days', 'followed.rate_day') }} > observed.read_day

),

final as (

    select
        date_day,
        currency,
        rate,
        rate_day,
        age_days
    from carried
    where next_rate_day is null or date_day < next_rate_day

)

select * from final
