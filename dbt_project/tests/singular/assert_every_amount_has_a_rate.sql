{{ config(meta={'dagster': {'ref': {'name': 'fct_ad_spend'}}}) }}

-- Returns rows = failure: money that has no exchange rate on its day nor on one of the days before
-- it that count. It would be missing from every total.
with

amounts as (

    select
        'ad spend' as amount_of,
        currency,
        date_day
    from {{ ref('fct_ad_spend') }}
    where spend is null
    union all
    select
        'costs' as amount_of,
        currency,
        date_day
    from {{ ref('fct_costs') }}
    where amount is null
    union all
    select
        'conversions' as amount_of,
        conversions.currency,
        {{ local_day('conversions.occurred_at', 'company.reporting_timezone') }} as date_day
    from {{ ref('fct_conversions') }} as conversions
    cross join {{ ref('stg_ops__company') }} as company
    where conversions.value_native is not null and conversions.value is null
    union all
    select
        'won opportunities' as amount_of,
        opportunities.currency,
        {{ local_day(
            'coalesce(opportunities.closed_at, opportunities.created_at)',
            'company.reporting_timezone'
        ) }} as date_day
    from {{ ref('fct_opportunities') }} as opportunities
    cross join {{ ref('stg_ops__company') }} as company
    where
        opportunities.is_won
        and opportunities.amount_native is not null
        and opportunities.won_value is null

)

select
    currency,
    date_day,
    amount_of,
    count(*) as occurrences,
    'No rate for ' || currency || ' on ' || cast(date_day as {{ dbt.type_string() }})
    || ' (' || amount_of || '): add it to a file of the stream fx_rates' as message
from amounts
group by currency, date_day, amount_of
