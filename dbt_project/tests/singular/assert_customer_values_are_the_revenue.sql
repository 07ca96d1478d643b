{{ config(meta={'dagster': {'ref': {'name': 'fct_conversions'}}}) }}

-- Returns rows = failure. The values of a lead's customer conversions are not its revenue, or a
-- customer has no customer conversion.
with

customers as (

    select
        lead_key,
        count(*) as conversions,
        sum(value) as value
    from {{ ref('fct_conversions') }}
    where conversion_type = 'customer' and lead_key <> 'unknown'
    group by lead_key

),

leads as (

    select * from {{ ref('fct_leads') }}

)

select
    leads.lead_key,
    leads.is_customer,
    leads.revenue,
    customers.conversions,
    customers.value
from leads
full outer join customers on leads.lead_key = customers.lead_key
where
    leads.lead_key is null
    or leads.revenue <> coalesce(customers.value, 0)
    or leads.is_customer <> (coalesce(customers.conversions, 0) > 0)
