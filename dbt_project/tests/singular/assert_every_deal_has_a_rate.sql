{{ config(meta={'dagster': {'ref': {'name': 'fct_opportunities'}}}) }}

-- Returns rows = failure: deals whose amount has no exchange rate on the day of creation or close.
-- Their revenue would be missing from every total.
select
    currency,
    cast(coalesce(closed_at, created_at) as date) as date_day,
    count(*) as occurrences,
    'No rate for ' || currency || ' near '
    || cast(cast(coalesce(closed_at, created_at) as date) as {{ dbt.type_string() }})
    || ': add it to a file of the stream fx_rates' as message
from {{ ref('fct_opportunities') }}
where amount_native is not null and (amount is null or (is_won and won_value is null))
group by currency, cast(coalesce(closed_at, created_at) as date)
