{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- What was won is what converted, month by month: won deals at their close, values that data states
-- at the moment that it states, and in total what leads and leadless conversions brought.
with

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

stated as (

    select * from {{ ref('int_conversions__resolved') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

-- The deals of a lead whose purchases are stated are not its revenue.
stated_customers as (

    select lead_key
    from stated
    where conversion_type = 'customer' and not is_correction and lead_key <> 'unknown'
    group by lead_key

),

won_months as (

    select
        {{ month_of_moment(
            'coalesce(opportunities.closed_at, opportunities.created_at)',
            'company.reporting_timezone'
        ) }} as month,
        sum(opportunities.won_value) as value
    from opportunities
    cross join company
    left join stated_customers on opportunities.lead_key = stated_customers.lead_key
    where opportunities.is_won and stated_customers.lead_key is null
    group by
        {{ month_of_moment(
            'coalesce(opportunities.closed_at, opportunities.created_at)',
            'company.reporting_timezone'
        ) }}

),

deal_months as (

    select
        {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }} as month,
        sum(conversions.value) as value
    from conversions
    cross join company
    where
        not conversions.is_stated
        and conversions.conversion_id like 'customer:opportunity:%'
        and conversions.conversion_type in ('customer', 'repeat_customer')
    group by {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }}

),

stated_months as (

    select
        {{ month_of_moment('stated.occurred_at', 'company.reporting_timezone') }} as month,
        sum(stated.value) as value
    from stated
    cross join company
    group by {{ month_of_moment('stated.occurred_at', 'company.reporting_timezone') }}

),

stated_conversion_months as (

    select
        {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }} as month,
        sum(conversions.value) as value
    from conversions
    cross join company
    where conversions.is_stated
    group by {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }}

),

customer_values as (

    select sum(case when lead_key <> 'unknown' then value end) as value
    from conversions
    where conversion_type in ('customer', 'repeat_customer')

),

lead_values as (

    select sum(revenue) as value
    from leads

),

final as (

    select
        'won_value_vs_conversions' as check_name,
        cast(coalesce(won_months.month, deal_months.month) as {{ dbt.type_string() }}) as period,
        'won deals' as subject,
        company.reporting_currency as unit,
        coalesce(won_months.value, 0) as left_side,
        coalesce(deal_months.value, 0) as right_side,
        'error' as severity
    from won_months
    full outer join deal_months on won_months.month = deal_months.month
    cross join company
    union all
    select
        'won_value_vs_conversions' as check_name,
        cast(
            coalesce(stated_months.month, stated_conversion_months.month)
            as {{ dbt.type_string() }}
        ) as period,
        'stated conversions' as subject,
        company.reporting_currency as unit,
        coalesce(stated_months.value, 0) as left_side,
        coalesce(stated_conversion_months.value, 0) as right_side,
        'error' as severity
    from stated_months
    full outer join stated_conversion_months
        on stated_months.month = stated_conversion_months.month
    cross join company
    union all
    select
        'won_value_vs_conversions' as check_name,
        'all' as period,
        'revenue of leads' as subject,
        company.reporting_currency as unit,
        coalesce(lead_values.value, 0) as left_side,
        coalesce(customer_values.value, 0) as right_side,
        'error' as severity
    from lead_values
    cross join customer_values
    cross join company

)

select * from final
