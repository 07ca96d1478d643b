{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Every mart totals the facts it is made of, month by month. The facts are summed here again, not
-- through the marts' own bases.
with

leads as (

    select * from {{ ref('fct_leads') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

ad_spend as (

    select * from {{ ref('fct_ad_spend') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

by_source as (

    select * from {{ ref('lead_source_performance') }}

),

by_channel as (

    select * from {{ ref('lead_channel_performance') }}

),

matrix as (

    select * from {{ ref('source_channel_matrix') }}

),

by_campaign as (

    select * from {{ ref('campaign_performance') }}

),

by_day as (

    select * from {{ ref('performance_daily') }}

),

by_segment as (

    select * from {{ ref('segment_performance') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

lead_months as (

    select
        {{ month_of_moment('leads.created_at', 'company.reporting_timezone') }} as month,
        count(*) as leads,
        sum(case when leads.is_customer then 1 else 0 end) as customers,
        sum(leads.revenue) as revenue
    from leads
    cross join company
    group by {{ month_of_moment('leads.created_at', 'company.reporting_timezone') }}

),

leadless_months as (

    select
        {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }} as month,
        sum(conversions.value) as revenue
    from conversions
    cross join company
    where
        conversions.conversion_type in ('customer', 'repeat_customer')
        and conversions.lead_key = 'unknown'
    group by {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }}

),

spend_months as (

    select
        {{ month_of_day('date_day') }} as month,
        sum(spend) as amount
    from ad_spend
    group by {{ month_of_day('date_day') }}

),

cost_months as (

    select
        {{ month_of_day('date_day') }} as month,
        sum(amount) as amount
    from costs
    group by {{ month_of_day('date_day') }}

),

fact_figures as (

    select
        month,
        'leads' as measure,
        cast(leads as decimal(38, 6)) as amount
    from lead_months
    union all
    select
        month,
        'customers' as measure,
        customers as amount
    from lead_months
    union all
    select
        month,
        'revenue' as measure,
        revenue as amount
    from lead_months
    union all
    select
        month,
        'revenue' as measure,
        revenue as amount
    from leadless_months
    union all
    select
        month,
        'ad_spend' as measure,
        amount
    from spend_months
    union all
    select
        month,
        'other_costs' as measure,
        amount
    from cost_months

),

mart_rows as (

    select
        'lead_source_performance' as mart,
        month,
        leads,
        customers,
        revenue,
        ad_spend,
        other_costs
    from by_source
    union all
    select
        'lead_channel_performance' as mart,
        month,
        leads,
        customers,
        revenue,
        ad_spend,
        other_costs
    from by_channel
    union all
    select
        'campaign_performance' as mart,
        month,
        leads,
        customers,
        revenue,
        ad_spend,
        other_costs
    from by_campaign
    union all
    select
        'source_channel_matrix' as mart,
        month,
        leads,
        customers,
        revenue,
        ad_spend,
        other_costs
    from matrix
    union all
    select
        'performance_daily' as mart,
        {{ month_of_day('date_day') }} as month,
        leads,
        customers,
        revenue,
        ad_spend,
        other_costs
    from by_day
    union all
    select
        'segment_performance' as mart,
        month,
        leads,
        customers,
        revenue,
        0 as ad_spend,
        0 as other_costs
    from by_segment

),

mart_sums as (

    select
        mart,
        month,
        sum(leads) as leads,
        sum(customers) as customers,
        sum(revenue) as revenue,
        sum(ad_spend) as ad_spend,
        sum(other_costs) as other_costs
    from mart_rows
    group by mart, month

),

mart_figures as (

    select
        mart,
        month,
        'leads' as measure,
        cast(leads as decimal(38, 6)) as amount
    from mart_sums
    union all
    select
        mart,
        month,
        'customers' as measure,
        customers as amount
    from mart_sums
    union all
    select
        mart,
        month,
        'revenue' as measure,
        revenue as amount
    from mart_sums
    union all
    select
        mart,
        month,
        'ad_spend' as measure,
        ad_spend as amount
    from mart_sums
    union all
    select
        mart,
        month,
        'other_costs' as measure,
        other_costs as amount
    from mart_sums

),

marts as (

    select
        'lead_source_performance' as mart,
        true as has_money
    union all
    select
        'lead_channel_performance' as mart,
        true as has_money
    union all
    select
        'campaign_performance' as mart,
        true as has_money
    union all
    select
        'source_channel_matrix' as mart,
        true as has_money
    union all
    select
        'performance_daily' as mart,
        true as has_money
    union all
    select
        'segment_performance' as mart,
        false as has_money

),

expected as (

    select
        marts.mart,
        fact_figures.month,
        fact_figures.measure,
        sum(fact_figures.amount) as amount
    from fact_figures
    cross join marts
    where marts.has_money or fact_figures.measure not in ('ad_spend', 'other_costs')
    group by
        marts.mart,
        fact_figures.month,
        fact_figures.measure

),

final as (

    select
        coalesce(expected.measure, mart_figures.measure) || '_fact_vs_mart' as check_name,
        cast(coalesce(expected.month, mart_figures.month) as {{ dbt.type_string() }}) as period,
        coalesce(expected.mart, mart_figures.mart) as subject,
        case
            when coalesce(expected.measure, mart_figures.measure) in ('leads', 'customers')
                then 'count'
            else company.reporting_currency
        end as unit,
        coalesce(expected.amount, 0) as left_side,
        coalesce(mart_figures.amount, 0) as right_side,
        'error' as severity
    from expected
    full outer join mart_figures
        on
            expected.mart = mart_figures.mart
            and expected.measure = mart_figures.measure
            and expected.month = mart_figures.month
    cross join company

)

select * from final
