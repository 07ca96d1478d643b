{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('ad_spend')
) }}

-- What the mart of ads totals by month: all ad spend, and the leads of the campaigns that have any.
with

advertised as (

    select campaigns.campaign_durable_key
    from {{ ref('fct_ad_spend') }} as ad_spend
    inner join {{ ref('dim_campaigns') }} as campaigns
        on ad_spend.campaign_key = campaigns.campaign_key
    where campaigns.campaign_durable_key <> 'unknown'
    group by campaigns.campaign_durable_key

),

sides as (

    select
        {{ month_of_day('date_day') }} as month,
        'spend' as subject,
        spend as left_side,
        0 as right_side
    from {{ ref('fct_ad_spend') }}
    union all
    select
        {{ month_of_day('leads.created_on') }} as month,
        'leads' as subject,
        1 as left_side,
        0 as right_side
    from {{ ref('fct_leads') }} as leads
    inner join {{ ref('dim_campaigns') }} as campaigns
        on leads.campaign_key = campaigns.campaign_key
    inner join advertised on campaigns.campaign_durable_key = advertised.campaign_durable_key
    union all
    select
        month,
        'spend' as subject,
        0 as left_side,
        spend as right_side
    from {{ ref('ad_performance') }}
    union all
    select
        month,
        'leads' as subject,
        0 as left_side,
        leads as right_side
    from {{ ref('ad_performance') }}

),

final as (

    select
        'ads_facts_vs_mart' as check_name,
        cast(sides.month as {{ dbt.type_string() }}) as period,
        sides.subject,
        case sides.subject when 'spend' then company.reporting_currency else 'leads' end as unit,
        sum(sides.left_side) as left_side,
        sum(sides.right_side) as right_side,
        'error' as severity
    from sides
    cross join {{ ref('stg_ops__company') }} as company
    group by sides.month, sides.subject, company.reporting_currency

)

select * from final
