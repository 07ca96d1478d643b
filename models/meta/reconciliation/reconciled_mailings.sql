{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('mailings')
) }}

-- What the marts of mailings total, against the dimension and the credits, summed past their base.
with

performance as (

    select
        count(*) as mailings,
        coalesce(sum(revenue_credited), 0) as revenue,
        coalesce(sum(new_leads), 0) as new_leads
    from {{ ref('email_performance') }}

),

links as (

    select coalesce(sum(revenue_credited), 0) as revenue
    from {{ ref('email_link_performance') }}

),

mailings as (

    select count(*) as mailings from {{ ref('dim_mailings') }}

),

touchpoints as (

    select touchpoints.touchpoint_key
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('dim_campaigns') }} as touched
        on touchpoints.campaign_key = touched.campaign_key
    inner join {{ ref('dim_campaigns') }} as campaigns
        on touched.campaign_durable_key = campaigns.campaign_durable_key
    inner join {{ ref('dim_mailings') }} as mailings
        on campaigns.campaign_key = mailings.campaign_key
    inner join {{ ref('dim_lead_sources') }} as sources
        on touchpoints.lead_source_key = sources.lead_source_key
    where
        mailings.has_own_campaign
        and (
            campaigns.platform = mailings.source_system
            or touchpoints.touch_type in ('email_click', 'email_open')
            or touchpoints.ga4_channel_group = 'Email'
            or sources.source_category = 'email campaigns'
        )

),

credited as (

    select coalesce(sum(credits.credited_value), 0) as revenue
    from {{ ref('fct_attribution_credits') }} as credits
    inner join touchpoints on credits.touchpoint_key = touchpoints.touchpoint_key
    where
        credits.attribution_model = 'linear'
        and credits.conversion_type in ('customer', 'repeat_customer')

),

originated as (

    select count(*) as new_leads
    from {{ ref('fct_leads') }} as leads
    inner join touchpoints on leads.first_touchpoint_key = touchpoints.touchpoint_key

),

sides as (

    select
        'mailings' as subject,
        'mailings' as unit,
        mailings.mailings as left_side,
        performance.mailings as right_side
    from performance
    cross join mailings
    union all
    select
        'new_leads' as subject,
        'leads' as unit,
        originated.new_leads as left_side,
        performance.new_leads as right_side
    from performance
    cross join originated
    union all
    select
        'revenue_credited' as subject,
        company.reporting_currency as unit,
        credited.revenue as left_side,
        performance.revenue as right_side
    from performance
    cross join credited
    cross join {{ ref('stg_ops__company') }} as company
    union all
    select
        'revenue_credited by link' as subject,
        company.reporting_currency as unit,
        credited.revenue as left_side,
        links.revenue as right_side
    from links
    cross join credited
    cross join {{ ref('stg_ops__company') }} as company

),

final as (

    select
        'mailings_facts_vs_marts' as check_name,
        'all' as period,
        subject,
        unit,
        left_side,
        right_side,
        'error' as severity
    from sides

)

select * from final
