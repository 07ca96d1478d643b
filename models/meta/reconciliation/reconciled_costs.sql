{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Costs as booked and as touches and events state them, in the currencies they were stated in.
with

booked as (

    select * from {{ ref('int_costs__unioned') }}

),

touchpoints as (

    select * from {{ ref('int_touchpoints__unioned') }}

),

facts as (

    select * from {{ ref('fct_costs') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

stated as (

    select
        upper(currency) as currency,
        amount
    from booked
    union all
    select
        upper(currency) as currency,
        cost as amount
    from touchpoints
    where cost <> 0
    {% if delivered('events') %}
        union all
        select
            upper(currency) as currency,
            cost as amount
        from {{ ref('int_events__unioned') }}
        where cost is not null
    {% endif %}
    {% if delivered('outreach') %}
        union all
        select
            upper(currency) as currency,
            cost as amount
        from {{ ref('int_outreach__unioned') }}
        where cost <> 0
    {% endif %}
    {% if delivered('referrals') %}
        union all
        select
            upper(currency) as currency,
            cost as amount
        from {{ ref('int_referrals__unioned') }}
        where cost <> 0
    {% endif %}

),

stated_sums as (

    select
        coalesce(stated.currency, company.reporting_currency) as currency,
        sum(stated.amount) as amount
    from stated
    cross join company
    group by coalesce(stated.currency, company.reporting_currency)

),

fact_sums as (

    select
        currency,
        sum(amount_native) as amount
    from facts
    group by currency

),

final as (

    select
        'costs_staging_vs_fact' as check_name,
        'all' as period,
        'all' as subject,
        coalesce(stated_sums.currency, fact_sums.currency) as unit,
        coalesce(stated_sums.amount, 0) as left_side,
        coalesce(fact_sums.amount, 0) as right_side,
        'error' as severity
    from stated_sums
    full outer join fact_sums on stated_sums.currency = fact_sums.currency
    -- What a campaign of advertising cost by the CRM does not count beside what platforms report.
    {% if delivered('ad_spend') and delivered(by='salesforce') %}
        union all
        select
            'costs_of_advertising_vs_counted' as check_name,
            'all' as period,
            'salesforce:' || campaigns.campaign_id as subject,
            coalesce(upper(campaigns.currency), company.reporting_currency) as unit,
            campaigns.actual_cost as left_side,
            0 as right_side,
            'warn' as severity
        from {{ ref('stg_salesforce__campaign_versions') }} as campaigns
        cross join company
        where
            campaigns.is_newest
            and not campaigns.is_deleted
            and campaigns.is_media
            and campaigns.actual_cost <> 0
    {% endif %}

)

select * from final
