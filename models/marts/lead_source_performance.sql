with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

),

money_spent as (

    select * from {{ ref('money_spent') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

outcomes as (

    select
        month,
        lead_source_key,
        sum(leads) as leads,
        sum(mqls) as mqls,
        sum(sqls) as sqls,
        sum(opportunities) as opportunities,
        sum(customers) as customers,
        sum(revenue) as revenue,
        median(days_to_customer) as median_days_to_customer
    from lead_outcomes
    group by month, lead_source_key

),

spending as (

    select
        month,
        lead_source_key,
        sum(ad_spend) as ad_spend,
        sum(other_costs) as other_costs
    from money_spent
    group by month, lead_source_key

),

-- Leads without money and money without leads both stay.
combined as (

    select
        coalesce(outcomes.month, spending.month) as month,
        coalesce(outcomes.lead_source_key, spending.lead_source_key) as lead_source_key,
        coalesce(outcomes.leads, 0) as leads,
        coalesce(outcomes.mqls, 0) as mqls,
        coalesce(outcomes.sqls, 0) as sqls,
        coalesce(outcomes.opportunities, 0) as opportunities,
        coalesce(outcomes.customers, 0) as customers,
        coalesce(outcomes.revenue, 0) as revenue,
        outcomes.median_days_to_customer,
        coalesce(spending.ad_spend, 0) as ad_spend,
        coalesce(spending.other_costs, 0) as other_costs,
        coalesce(spending.ad_spend, 0) + coalesce(spending.other_costs, 0) as spend
    from outcomes
    full outer join spending
        on
            outcomes.month = spending.month
            and outcomes.lead_source_key = spending.lead_source_key

),

final as (

    select
        combined.month,
        combined.lead_source_key,
        lead_sources.lead_source,
        lead_sources.name_en,
        lead_sources.name_sv,
        cast(combined.leads as bigint) as leads,
        cast(combined.mqls as bigint) as mqls,
        cast(combined.sqls as bigint) as sqls,
        cast(combined.opportunities as bigint) as opportunities,
        cast(combined.customers as bigint) as customers,
        {{ ratio('combined.customers', 'combined.leads') }} as conversion_rate,
        {{ proportion_bound('combined.customers', 'combined.leads', '-') }}
            as conversion_rate_low,
        {{ proportion_bound('combined.customers', 'combined.leads', '+') }}
            as conversion_rate_high,
        cast(combined.revenue as decimal(18, 6)) as revenue,
        cast(combined.spend as decimal(18, 6)) as spend,
        cast(combined.ad_spend as decimal(18, 6)) as ad_spend,
        cast(combined.other_costs as decimal(18, 6)) as other_costs,
        {{ unit_cost('combined.spend', 'combined.leads') }} as cost_per_lead,
        {{ unit_cost('combined.spend', 'combined.customers') }} as cac,
        {{ ratio('combined.revenue', 'combined.spend') }} as roas,
        {{ ratio('combined.revenue - combined.spend', 'combined.spend') }} as roi,
        cast(combined.median_days_to_customer as double) as median_days_to_customer
    from combined
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key

)

select * from final
