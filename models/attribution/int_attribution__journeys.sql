-- Eligible: of the conversion's audience, not after it, and no older than the look-back of the
-- touch's type, exact to the microsecond; where look-backs restart, after the previous conversion
-- as well. A correction has the journey of what it corrects. Only conversions that this run
-- computes.
with

audiences as (

    select * from {{ ref('int_attribution__audiences') }}

),

conversions as (

    select conversions.*
    from {{ ref('fct_conversions') }} as conversions
    inner join {{ ref('int_attribution__stale_paths') }} as stale_paths
        on {{ hash_bigint('conversions.conversion_key') }} = stale_paths.path_number

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where is_eligible

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

-- A conversion is its own milestone; the others are those of its lead's history that lie before it.
milestones as (

    select
        conversions.conversion_key,
        conversions.conversion_type,
        conversions.occurred_at,
        conversions.journey_at,
        conversions.journey_after,
        conversions.value,
        conversions.is_correction,
        case
            when conversions.conversion_type = 'lead' then conversions.journey_at
            when leads.created_at <= conversions.journey_at then leads.created_at
        end as lead_at,
        case
            when conversions.conversion_type = 'opportunity' then conversions.journey_at
            when leads.opportunity_at <= conversions.journey_at then leads.opportunity_at
        end as opportunity_at,
        case
            when conversions.conversion_type in ('customer', 'repeat_customer')
                then conversions.journey_at
            when leads.customer_at <= conversions.journey_at then leads.customer_at
        end as customer_at
    from conversions
    left join leads on conversions.lead_key = leads.lead_key

),

eligible as (

    select
        milestones.conversion_key,
        milestones.conversion_type,
        milestones.value,
        milestones.is_correction,
        touchpoints.touchpoint_key,
        touchpoints.touchpoint_id,
        touchpoints.source_system,
        touchpoints.lead_source_key,
        touchpoints.lead_channel_key,
        touchpoints.campaign_key,
        touchpoints.occurred_at as touched_at,
        milestones.occurred_at as converted_at,
        coalesce(touchpoints.occurred_at <= milestones.lead_at, false) as is_before_lead,
        coalesce(touchpoints.occurred_at <= milestones.opportunity_at, false)
            as is_before_opportunity,
        coalesce(touchpoints.occurred_at <= milestones.customer_at, false) as is_before_customer
    from audiences
    inner join milestones on audiences.conversion_key = milestones.conversion_key
    inner join touchpoints on audiences.person_key = touchpoints.person_key
    where
        touchpoints.occurred_at <= milestones.journey_at
        and (milestones.journey_after is null or touchpoints.occurred_at > milestones.journey_after)
        and {{ epoch_micros('milestones.journey_at') }}
        - {{ epoch_micros('touchpoints.occurred_at') }}
        <= {{ days_in_micros('touchpoints.lookback_days') }}

),

final as (

    select
        eligible.conversion_key,
        eligible.conversion_type,
        eligible.value,
        eligible.is_correction,
        eligible.touchpoint_key,
        eligible.lead_source_key,
        eligible.lead_channel_key,
        eligible.campaign_key,
        eligible.touched_at,
        eligible.converted_at,
        lead_sources.lead_source = 'direct' as is_direct,
        lead_sources.is_paid,
        eligible.is_before_lead,
        eligible.is_before_opportunity,
        eligible.is_before_customer,
        row_number() over (
            partition by eligible.conversion_key
            order by eligible.touched_at, eligible.touchpoint_id, eligible.source_system
        ) as position
    from eligible
    inner join lead_sources on eligible.lead_source_key = lead_sources.lead_source_key

)

select * from final
