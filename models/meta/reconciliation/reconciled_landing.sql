{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- From the slices to the facts past everything between them, per month. A month is that of the UTC
-- moment, except for costs, whose day is that of the reporting zone. Both sides are listed under
-- each other and are summed together, so a group that only one side has shows as well.
with

landed_touchpoints as {{ materialized() }} (

    select * from {{ ref('stg_reconciliation__landed_touchpoints') }}
    {% if delivered('event_attendance') %}
        union all
        select * from {{ ref('landed_inbox__event_attendance') }}
    {% endif %}
    {% if delivered('outreach') %}
        union all
        select
            source_system,
            touch_type,
            occurred_at,
            touches,
            cast(null as decimal(18, 6)) as cost,
            cast(null as {{ dbt.type_string() }}) as currency
        from {{ ref('landed_inbox__outreach') }}
        where is_touch
    {% endif %}
    {% if delivered('referrals') %}
        union all
        select * from {{ ref('landed_inbox__referrals') }}
    {% endif %}

),

landed_leads as (

    select * from {{ ref('stg_reconciliation__landed_leads') }}

),

landed_opportunities as (

    select * from {{ ref('stg_reconciliation__landed_opportunities') }}

),

landed_conversions as (

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

touches as (

    select
        source_system || ' ' || touch_type as subject,
        {{ month_of_day('occurred_at') }} as month,
        touches as landed,
        0 as in_facts
    from landed_touchpoints
    union all
    select
        touchpoints.source_system || ' ' || touchpoints.touch_type as subject,
        {{ month_of_day('touchpoints.occurred_at') }} as month,
        0 as landed,
        1 as in_facts
    from fact_touchpoints as touchpoints
    left join implied
        on
            touchpoints.source_system = implied.source_system
            and touchpoints.touch_type = implied.touch_type
            and touchpoints.touchpoint_id = implied.touchpoint_id
    where implied.touchpoint_id is null and touchpoints.touchpoint_key <> 'unattributed'

),

leads as {{ materialized() }} (

    select
        source_system,
        {{ month_of_day('created_at') }} as month,
        crm_lead_source,
        1 as landed,
        0 as in_facts
    from landed_leads
    union all
    select
        leads.source_system,
        {{ month_of_day('leads.created_at') }} as month,
        lead_sources.lead_source as crm_lead_source,
        0 as landed,
        1 as in_facts
    from fact_leads as leads
    left join lead_sources on leads.crm_source_key = lead_sources.lead_source_key

),

opportunities as {{ materialized() }} (

    select
        opportunities.source_system as subject,
        {{ month_of_day('opportunities.created_at') }} as month,
        coalesce(opportunities.currency, company.reporting_currency) as currency,
        1 as landed,
        0 as in_facts,
        opportunities.amount as landed_amount,
        0 as fact_amount
    from landed_opportunities as opportunities
    cross join company
    union all
    select
        source_system as subject,
        {{ month_of_day('created_at') }} as month,
        currency,
        0 as landed,
        1 as in_facts,
        0 as landed_amount,
        amount_native as fact_amount
    from fact_opportunities

),

conversions as {{ materialized() }} (

    select
        conversions.source_system || ' ' || case
            when conversions.is_correction then 'correction'
            when conversions.conversion_type = 'repeat_customer' then 'customer'
            else conversions.conversion_type
        end as subject,
        {{ month_of_day('conversions.occurred_at') }} as month,
        coalesce(conversions.currency, company.reporting_currency) as currency,
        1 as landed,
        0 as in_facts,
        conversions.value as landed_value,
        0 as fact_value
    from landed_conversions as conversions
    cross join company
    union all
    select
        source_system || ' ' || case
            when is_correction then 'correction'
            when conversion_type = 'repeat_customer' then 'customer'
            else conversion_type
        end as subject,
        {{ month_of_day('occurred_at') }} as month,
        currency,
        0 as landed,
        1 as in_facts,
        0 as landed_value,
        value_native as fact_value
    from fact_conversions

),

costs as (

    select
        'booked' as subject,
        {{ month_of_day('costs.date_day') }} as month,
        coalesce(costs.currency, company.reporting_currency) as currency,
        costs.amount as landed,
        0 as in_facts
    from landed_costs as costs
    cross join company
    {% if delivered('events') %}
        union all
        select
            'event' as subject,
            {{ month_of_day('events.date_day') }} as month,
            coalesce(events.currency, company.reporting_currency) as currency,
            events.amount as landed,
            0 as in_facts
        from {{ ref('landed_inbox__events') }} as events
        cross join company
    {% endif %}
    {% if delivered('outreach') %}
        union all
        select
            'outreach' as subject,
            {{ month_of_moment('outreach.contacted', 'company.reporting_timezone') }} as month,
            coalesce(outreach.currency, company.reporting_currency) as currency,
            outreach.cost * outreach.touches as landed,
            0 as in_facts
        from {{ ref('landed_inbox__outreach') }} as outreach
        cross join company
        where outreach.cost <> 0
    {% endif %}
    union all
    select
        'touchpoint' as subject,
        {{ month_of_moment('touchpoints.occurred_at', 'company.reporting_timezone') }} as month,
        coalesce(touchpoints.currency, company.reporting_currency) as currency,
        touchpoints.cost * touchpoints.touches as landed,
        0 as in_facts
    from landed_touchpoints as touchpoints
    cross join company
    where touchpoints.cost <> 0
    union all
    select
        cost_type as subject,
        {{ month_of_day('date_day') }} as month,
        currency,
        0 as landed,
        amount_native as in_facts
    from fact_costs

),

sides as (

    select
        'touches_landed_vs_fact' as check_name,
        subject,
        month,
        'touches' as unit,
        landed,
        in_facts
    from touches
    union all
    select
        'leads_landed_vs_fact' as check_name,
        source_system as subject,
        month,
        'leads' as unit,
        landed,
        in_facts
    from leads
    union all
    select
        'lead_crm_sources_landed_vs_fact' as check_name,
        source_system || ' ' || crm_lead_source as subject,
        month,
        'leads' as unit,
        landed,
        in_facts
    from leads
    where source_system = 'inbox'
    union all
    select
        'opportunities_landed_vs_fact' as check_name,
        subject,
        month,
        'opportunities' as unit,
        landed,
        in_facts
    from opportunities
    union all
    select
        'opportunity_amounts_landed_vs_fact' as check_name,
        subject,
        month,
        currency as unit,
        landed_amount as landed,
        fact_amount as in_facts
    from opportunities
    union all
    select
        'conversions_landed_vs_fact' as check_name,
        subject,
        month,
        'conversions' as unit,
        landed,
        in_facts
    from conversions
    union all
    select
        'conversion_values_landed_vs_fact' as check_name,
        subject,
        month,
        currency as unit,
        landed_value as landed,
        fact_value as in_facts
    from conversions
    union all
    select
        'costs_landed_vs_fact' as check_name,
        subject,
        month,
        currency as unit,
        landed,
        in_facts
    from costs

),

final as (

    select
        check_name,
        coalesce(cast(month as {{ dbt.type_string() }}), 'none') as period,
        subject,
        unit,
        coalesce(sum(landed), 0) as left_side,
        coalesce(sum(in_facts), 0) as right_side,
        'error' as severity
    from sides
    group by check_name, month, subject, unit

)

select * from final
