{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- From the slices to the facts past everything between them, per month. A month is that of the UTC
-- moment, except for costs, whose day is that of the reporting zone. Both sides stand under each
-- other and are summed, so a group that only one side has shows as well.
with

landed_touchpoints as {{ materialized() }} (

    select * from {{ ref('stg_reconciliation__landed_touchpoints') }}

),

landed_leads as {{ materialized() }} (

    select * from {{ ref('stg_reconciliation__landed_leads') }}

),

landed_opportunities as {{ materialized() }} (

    select * from {{ ref('stg_reconciliation__landed_opportunities') }}

),

landed_conversions as {{ materialized() }} (

    select * from {{ ref('stg_reconciliation__landed_conversions') }}

),

landed_costs as (

    select * from {{ ref('stg_reconciliation__landed_costs') }}

),

fact_touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

fact_leads as (

    select * from {{ ref('fct_leads') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

fact_opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

fact_conversions as (

    select * from {{ ref('fct_conversions') }}
    where is_stated

),

fact_costs as (

    select * from {{ ref('fct_costs') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

-- Touches that the facts derive from leads' own records; no source delivers them.
implied as (

    select
        source_system,
        'lead:' || lead_id as touchpoint_id,
        'form' as touch_type
    from fact_leads
    union all
    select
        source_system,
        'crm:' || lead_id as touchpoint_id,
        'crm_record' as touch_type
    from fact_leads

),

fact_touch_months as (

    select
        touchpoints.source_system || ' ' || touchpoints.touch_type as subject,
        {{ month_of_day('touchpoints.occurred_at') }} as month,
        count(*) as touches
    from fact_touchpoints as touchpoints
    left join implied
        on
            touchpoints.source_system = implied.source_system
            and touchpoints.touch_type = implied.touch_type
            and touchpoints.touchpoint_id = implied.touchpoint_id
    where implied.touchpoint_id is null and touchpoints.touchpoint_key <> 'unattributed'
    group by
        touchpoints.source_system || ' ' || touchpoints.touch_type,
        {{ month_of_day('touchpoints.occurred_at') }}

),

landed as (

    select
        'touches_landed_vs_fact' as check_name,
        source_system || ' ' || touch_type as subject,
        {{ month_of_day('occurred_at') }} as month,
        'touches' as unit,
        sum(touches) as amount
    from landed_touchpoints
    group by source_system || ' ' || touch_type, {{ month_of_day('occurred_at') }}
    union all
    select
        'leads_landed_vs_fact' as check_name,
        source_system as subject,
        {{ month_of_day('created_at') }} as month,
        'leads' as unit,
        count(*) as amount
    from landed_leads
    group by source_system, {{ month_of_day('created_at') }}
    union all
    select
        'lead_crm_sources_landed_vs_fact' as check_name,
        source_system || ' ' || crm_lead_source as subject,
        {{ month_of_day('created_at') }} as month,
        'leads' as unit,
        count(*) as amount
    from landed_leads
    where source_system = 'inbox'
    group by source_system || ' ' || crm_lead_source, {{ month_of_day('created_at') }}
    union all
    select
        'opportunities_landed_vs_fact' as check_name,
        source_system as subject,
        {{ month_of_day('created_at') }} as month,
        'opportunities' as unit,
        count(*) as amount
    from landed_opportunities
    group by source_system, {{ month_of_day('created_at') }}
    union all
    select
        'opportunity_amounts_landed_vs_fact' as check_name,
        opportunities.source_system as subject,
        {{ month_of_day('opportunities.created_at') }} as month,
        coalesce(opportunities.currency, company.reporting_currency) as unit,
        sum(opportunities.amount) as amount
    from landed_opportunities as opportunities
    cross join company
    group by
        opportunities.source_system,
        {{ month_of_day('opportunities.created_at') }},
        coalesce(opportunities.currency, company.reporting_currency)
    union all
    select
        'conversions_landed_vs_fact' as check_name,
        source_system || ' ' || conversion_type as subject,
        {{ month_of_day('occurred_at') }} as month,
        'conversions' as unit,
        count(*) as amount
    from landed_conversions
    group by source_system || ' ' || conversion_type, {{ month_of_day('occurred_at') }}
    union all
    select
        'conversion_values_landed_vs_fact' as check_name,
        conversions.source_system || ' ' || conversions.conversion_type as subject,
        {{ month_of_day('conversions.occurred_at') }} as month,
        coalesce(conversions.currency, company.reporting_currency) as unit,
        sum(conversions.value) as amount
    from landed_conversions as conversions
    cross join company
    group by
        conversions.source_system || ' ' || conversions.conversion_type,
        {{ month_of_day('conversions.occurred_at') }},
        coalesce(conversions.currency, company.reporting_currency)
    union all
    select
        'costs_landed_vs_fact' as check_name,
        'booked' as subject,
        {{ month_of_day('costs.date_day') }} as month,
        coalesce(costs.currency, company.reporting_currency) as unit,
        sum(costs.amount) as amount
    from landed_costs as costs
    cross join company
    group by
        {{ month_of_day('costs.date_day') }},
        coalesce(costs.currency, company.reporting_currency)
    union all
    select
        'costs_landed_vs_fact' as check_name,
        'touchpoint' as subject,
        {{ month_of_moment('touchpoints.occurred_at', 'company.reporting_timezone') }} as month,
        coalesce(touchpoints.currency, company.reporting_currency) as unit,
        sum(touchpoints.cost * touchpoints.touches) as amount
    from landed_touchpoints as touchpoints
    cross join company
    where touchpoints.cost <> 0
    group by
        {{ month_of_moment('touchpoints.occurred_at', 'company.reporting_timezone') }},
        coalesce(touchpoints.currency, company.reporting_currency)

),

facts as (

    select
        'touches_landed_vs_fact' as check_name,
        subject,
        month,
        'touches' as unit,
        touches as amount
    from fact_touch_months
    union all
    select
        'leads_landed_vs_fact' as check_name,
        source_system as subject,
        {{ month_of_day('created_at') }} as month,
        'leads' as unit,
        count(*) as amount
    from fact_leads
    group by source_system, {{ month_of_day('created_at') }}
    union all
    select
        'lead_crm_sources_landed_vs_fact' as check_name,
        leads.source_system || ' ' || lead_sources.lead_source as subject,
        {{ month_of_day('leads.created_at') }} as month,
        'leads' as unit,
        count(*) as amount
    from fact_leads as leads
    inner join lead_sources on leads.crm_source_key = lead_sources.lead_source_key
    where leads.source_system = 'inbox'
    group by
        leads.source_system || ' ' || lead_sources.lead_source,
        {{ month_of_day('leads.created_at') }}
    union all
    select
        'opportunities_landed_vs_fact' as check_name,
        source_system as subject,
        {{ month_of_day('created_at') }} as month,
        'opportunities' as unit,
        count(*) as amount
    from fact_opportunities
    group by source_system, {{ month_of_day('created_at') }}
    union all
    select
        'opportunity_amounts_landed_vs_fact' as check_name,
        source_system as subject,
        {{ month_of_day('created_at') }} as month,
        currency as unit,
        sum(amount_native) as amount
    from fact_opportunities
    group by source_system, {{ month_of_day('created_at') }}, currency
    union all
    select
        'conversions_landed_vs_fact' as check_name,
        source_system || ' ' || conversion_type as subject,
        {{ month_of_day('occurred_at') }} as month,
        'conversions' as unit,
        count(*) as amount
    from fact_conversions
    group by source_system || ' ' || conversion_type, {{ month_of_day('occurred_at') }}
    union all
    select
        'conversion_values_landed_vs_fact' as check_name,
        source_system || ' ' || conversion_type as subject,
        {{ month_of_day('occurred_at') }} as month,
        currency as unit,
        sum(value_native) as amount
    from fact_conversions
    group by
        source_system || ' ' || conversion_type,
        {{ month_of_day('occurred_at') }},
        currency
    union all
    select
        'costs_landed_vs_fact' as check_name,
        cost_type as subject,
        {{ month_of_day('date_day') }} as month,
        currency as unit,
        sum(amount_native) as amount
    from fact_costs
    group by cost_type, {{ month_of_day('date_day') }}, currency

),

sides as (

    select
        check_name,
        subject,
        month,
        unit,
        amount as left_side,
        0 as right_side
    from landed
    union all
    select
        check_name,
        subject,
        month,
        unit,
        0 as left_side,
        amount as right_side
    from facts

),

final as (

    select
        check_name,
        coalesce(cast(month as {{ dbt.type_string() }}), 'none') as period,
        subject,
        unit,
        coalesce(sum(left_side), 0) as left_side,
        coalesce(sum(right_side), 0) as right_side,
        'error' as severity
    from sides
    group by check_name, month, subject, unit

)

select * from final
