{{ config(materialized='view') }}

-- An event without a cost, and every campaign of outreach, is here for its campaign: the amount is
-- null.

with

booked as (

    select * from {{ ref('int_costs__unioned') }}

),

{% if delivered('events') %}
    company as (

        select reporting_timezone from {{ ref('stg_ops__company') }}

    ),

    events as (

        select * from {{ ref('int_events__combined') }}

    ),
{% endif %}

final as (

    select
        'costs' as source_system,
        cost_id,
        'booked' as cost_type,
        date_day,
        amount,
        currency,
        lead_source,
        lead_channel,
        campaign,
        description
    from booked

    {% if delivered('events') %}
        union all

        select
            'events' as source_system,
            events.event_key as cost_id,
            'event' as cost_type,
            {{ local_day('events.starts_at', 'company.reporting_timezone') }} as date_day,
            events.cost as amount,
            events.currency,
            events.lead_source,
            events.lead_channel,
            events.campaign,
            events.event_name as description
        from events
        cross join company
    {% endif %}

    {% if delivered('outreach') %}
        union all

        select
            'outreach' as source_system,
            cost_id,
            'outreach' as cost_type,
            date_day,
            amount,
            currency,
            lead_source,
            lead_channel,
            campaign,
            description
        from {{ ref('int_outreach__costs') }}
    {% endif %}

)

select * from final
