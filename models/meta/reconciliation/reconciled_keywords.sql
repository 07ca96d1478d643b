{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('keyword_days')
) }}

-- What the mart of keywords totals by month: all that the accounts cost whose platform reports
-- keywords, and the leads of their campaigns. What reports by keyword leave out is in the mart.
with

ad_spend as (

    select
        ad_spend.*,
        campaigns.campaign_durable_key
    from {{ ref('fct_ad_spend') }} as ad_spend
    inner join {{ ref('dim_campaigns') }} as campaigns
        on ad_spend.campaign_key = campaigns.campaign_key
    where
        ad_spend.platform || ' ' || ad_spend.account_id in (
            select keywords.platform || ' ' || keywords.account_id
            from {{ ref('fct_paid_keywords') }} as keywords
        )

),

sides as (

    select
        {{ month_of_day('date_day') }} as month,
        'spend' as subject,
        spend as left_side,
        0 as right_side
    from ad_spend
    union all
    select
        {{ month_of_day('date_day') }} as month,
        'clicks' as subject,
        clicks as left_side,
        0 as right_side
    from ad_spend
    union all
    select
        {{ month_of_day('leads.created_on') }} as month,
        'leads' as subject,
        1 as left_side,
        0 as right_side
    from {{ ref('fct_leads') }} as leads
    inner join {{ ref('dim_campaigns') }} as campaigns
        on leads.campaign_key = campaigns.campaign_key
    where
        campaigns.campaign_durable_key <> 'unknown'
        and campaigns.campaign_durable_key in (
            select ad_spend.campaign_durable_key from ad_spend
        )
    {% for subject in ['spend', 'clicks', 'leads'] %}
        union all
        select
            month,
            '{{ subject }}' as subject,
            0 as left_side,
            {{ subject }} as right_side
        from {{ ref('keyword_performance') }}
    {% endfor %}

),

final as (

    select
        'keywords_facts_vs_mart' as check_name,
        cast(sides.month as {{ dbt.type_string() }}) as period,
        sides.subject,
        case sides.subject when 'spend' then company.reporting_currency else sides.subject end
            as unit,
        sum(sides.left_side) as left_side,
        sum(sides.right_side) as right_side,
        'error' as severity
    from sides
    cross join {{ ref('stg_ops__company') }} as company
    group by sides.month, sides.subject, company.reporting_currency

)

select * from final
