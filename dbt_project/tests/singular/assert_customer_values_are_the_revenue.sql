{{ config(meta={'dagster': {'ref': {'name': 'fct_conversions'}}}) }}

-- Returns rows = failure. The values of a lead's customer conversions are not its revenue; a
-- customer has not exactly one conversion `customer`, at the moment at which it became one; or
-- another of its wins is not a repeat_customer.
with

customers as (

    select
        lead_key,
        count(case when conversion_type = 'customer' and not is_correction then 1 end)
            as customers,
        min(case when not is_correction then occurred_at end) as customer_at,
        min(case when conversion_type = 'customer' and not is_correction then occurred_at end)
            as first_at,
        count(
            case
                when
                    not is_correction
                    and is_repeat <> (conversion_type = 'repeat_customer')
                    then 1
            end
        ) as misnamed,
        sum(value) as value
    from {{ ref('fct_conversions') }}
    where conversion_type in ('customer', 'repeat_customer') and lead_key <> 'unknown'
    group by lead_key

),

leads as (

    select * from {{ ref('fct_leads') }}

)

select
    leads.lead_key,
    leads.is_customer,
    leads.customer_at,
    leads.revenue,
    customers.customers,
    customers.first_at,
    customers.value
from leads
full outer join customers on leads.lead_key = customers.lead_key
where
    leads.lead_key is null
    or leads.revenue <> coalesce(customers.value, 0)
    or coalesce(customers.customers, 0) <> case when leads.is_customer then 1 else 0 end
    or coalesce(customers.misnamed, 0) > 0
    or leads.customer_at <> customers.first_at
    or customers.first_at <> customers.customer_at
