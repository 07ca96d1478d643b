{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('outreach')
) }}

-- What the mart of outreach totals, against the facts it is made of, summed past its joins.
with

performance as (

    select
        coalesce(sum(contacted + held_out), 0) as people,
        coalesce(sum(revenue_credited), 0) as revenue
    from {{ ref('outreach_performance') }}

),

outreach as (

    select
        count(
            distinct campaigns.campaign_durable_key || outreach.wave || case
                when outreach.person_key = 'unknown' then outreach.outreach_key
                else outreach.person_key
            end
        ) as people
    from {{ ref('fct_outreach') }} as outreach
    inner join {{ ref('dim_campaigns') }} as campaigns
        on outreach.campaign_key = campaigns.campaign_key
    left join {{ ref('dim_people') }} as people on outreach.person_key = people.person_key
    where not coalesce(people.is_internal, false)

),

credited as (

    select coalesce(sum(credits.credited_value), 0) as revenue
    from {{ ref('fct_attribution_credits') }} as credits
    inner join {{ ref('fct_touchpoints') }} as touchpoints
        on credits.touchpoint_key = touchpoints.touchpoint_key
    where
        touchpoints.touchpoint_id like 'outreach:%'
        and credits.attribution_model = 'linear'
        and credits.conversion_type in ('customer', 'repeat_customer')

),

final as (

    select
        'outreach_facts_vs_mart' as check_name,
        'all' as period,
        'people' as subject,
        'people' as unit,
        outreach.people as left_side,
        performance.people as right_side,
        'error' as severity
    from performance
    cross join outreach
    union all
    select
        'outreach_facts_vs_mart' as check_name,
        'all' as period,
        'revenue_credited' as subject,
        company.reporting_currency as unit,
        credited.revenue as left_side,
        performance.revenue as right_side,
        'error' as severity
    from performance
    cross join credited
    cross join {{ ref('stg_ops__company') }} as company

)

select * from final
