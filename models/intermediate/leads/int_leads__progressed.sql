-- How far each lead came, and its revenue: what explicit customer conversions say, else its won
-- opportunities, else the lead's own value when it is a customer. A sum with an amount that has no
-- exchange rate is no sum.
with

leads as (

    select * from {{ ref('int_leads__identified') }}

),

stated as (

    select * from {{ ref('int_conversions__resolved') }}
    where lead_key <> 'unknown'

),

opportunities as (

    select * from {{ ref('int_opportunities__resolved') }}
    where lead_key <> 'unknown'

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

stated_stages as (

    select
        lead_key,
        min(case when conversion_type = 'mql' then occurred_at end) as mql_at,
        min(case when conversion_type = 'mql' then occurred_until end) as mql_until,
        min(case when conversion_type = 'sql' then occurred_at end) as sql_at,
        min(case when conversion_type = 'sql' then occurred_until end) as sql_until,
        min(case when conversion_type = 'opportunity' then occurred_at end) as opportunity_at,
        min(case when conversion_type = 'opportunity' then occurred_until end) as opportunity_until,
        min(case when conversion_type = 'customer' then occurred_at end) as customer_at,
        min(case when conversion_type = 'customer' then occurred_until end) as customer_until,
        count(case when conversion_type = 'customer' then 1 end) as customer_conversions,
        case
            when
                count(case when conversion_type = 'customer' then value end)
                = count(case when conversion_type = 'customer' then value_native end)
                then sum(case when conversion_type = 'customer' then value end)
        end as revenue,
        sum(case when conversion_type = 'customer' then value_native end) as revenue_native,
        min(case when conversion_type = 'customer' then currency end) as min_currency,
        max(case when conversion_type = 'customer' then currency end) as max_currency
    from stated
    group by lead_key

),

deals as (

    select
        lead_key,
        min(created_at) as opportunity_at,
        min(created_until) as opportunity_until,
        min(won_at) as customer_at,
        min(won_until) as customer_until,
        count(case when is_won then 1 end) as won_opportunities,
        case
            when
                count(case when is_won then won_value end)
                = count(case when is_won then amount_native end)
                then sum(case when is_won then won_value end)
        end as revenue,
        sum(case when is_won then amount_native end) as revenue_native,
        min(case when is_won then currency end) as min_currency,
        max(case when is_won then currency end) as max_currency
    from opportunities
    group by lead_key

),

reached as (

    select
        leads.lead_key,
        leads.created_at,
        coalesce(
            leads.mql_at, stated_stages.mql_at,
            case when leads.is_qualified then leads.created_at end
        ) as mql_at,
        coalesce(
            leads.mql_until, stated_stages.mql_until,
            case when leads.is_qualified then leads.created_until end
        ) as mql_until,
        coalesce(leads.sql_at, stated_stages.sql_at) as sql_at,
        coalesce(leads.sql_until, stated_stages.sql_until) as sql_until,
        case
            when stated_stages.opportunity_at < deals.opportunity_at
                then stated_stages.opportunity_at
            else coalesce(deals.opportunity_at, stated_stages.opportunity_at)
        end as opportunity_at,
        case
            when stated_stages.opportunity_until < deals.opportunity_until
                then stated_stages.opportunity_until
            else coalesce(deals.opportunity_until, stated_stages.opportunity_until)
        end as opportunity_until,
        coalesce(
            leads.customer_at, stated_stages.customer_at, deals.customer_at,
            case when leads.is_customer then leads.created_at end
        ) as customer_at,
        coalesce(
            leads.customer_until, stated_stages.customer_until, deals.customer_until,
            case when leads.is_customer then leads.created_until end
        ) as customer_until,
        case
            when stated_stages.customer_conversions > 0 then 'conversions'
            when deals.won_opportunities > 0 then 'opportunities'
            else 'lead'
        end as revenue_basis,
        leads.value_native as lead_value_native,
        coalesce(leads.currency, company.reporting_currency) as lead_currency,
        leads.currency as stated_currency,
        company.reporting_currency,
        company.reporting_timezone,
        stated_stages.revenue as conversions_revenue,
        stated_stages.revenue_native as conversions_revenue_native,
        case
            when stated_stages.min_currency = stated_stages.max_currency
                then stated_stages.min_currency
        end as conversions_currency,
        deals.revenue as deals_revenue,
        deals.revenue_native as deals_revenue_native,
        case when deals.min_currency = deals.max_currency then deals.min_currency end
            as deals_currency
    from leads
    cross join company
    left join stated_stages on leads.lead_key = stated_stages.lead_key
    left join deals on leads.lead_key = deals.lead_key

),

final as (

    select
        reached.lead_key,
        reached.mql_at,
        reached.mql_until,
        reached.sql_at,
        reached.sql_until,
        reached.opportunity_at,
        reached.opportunity_until,
        reached.customer_at,
        reached.customer_until,
        reached.customer_at is not null as is_customer,
        reached.revenue_basis,
        -- Amounts in several currencies have no sum but the one in the reporting currency.
        case
            when reached.customer_at is null then null
            when reached.revenue_basis = 'conversions' and reached.conversions_currency is not null
                then reached.conversions_revenue_native
            when reached.revenue_basis = 'opportunities' and reached.deals_currency is not null
                then reached.deals_revenue_native
            when reached.revenue_basis = 'lead' then reached.lead_value_native
        end as revenue_native,
        case reached.revenue_basis
            when 'conversions' then reached.conversions_currency
            when 'opportunities' then reached.deals_currency
            else reached.lead_currency
        end as currency,
        cast(
            case
                when reached.customer_at is null then null
                when reached.revenue_basis = 'conversions' then reached.conversions_revenue
                when reached.revenue_basis = 'opportunities' then reached.deals_revenue
                else {{ in_reporting_currency(
                    'reached.lead_value_native', 'reached.stated_currency',
                    'reached.reporting_currency', 'rates.rate'
                ) }}
            end
            as decimal(18, 6)
        ) as revenue
    from reached
    left join rates
        on
            reached.lead_currency = rates.currency
            and {{ local_day('reached.customer_at', 'reached.reporting_timezone') }}
            = rates.date_day

)

select * from final
