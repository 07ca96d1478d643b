-- Eligible: of the conversion's audience, not after it, and no older than the look-back of the
-- touch's type, exact to the microsecond; where look-backs restart, after the previous conversion
-- as well. What is known to the day alone has the benefit of its whole day. What a CRM states of a
-- lead holds for the lead's conversions before the record, too. A correction has the journey of
-- what it corrects. Only conversions that this run computes.
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

{% if vocabulary() == 'broad' -%}
lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

{% endif -%}

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
        conversions.journey_until,
        conversions.journey_after,
        conversions.value,
        conversions.is_correction,
        leads.source_system as record_system,
        'crm:' || leads.lead_id as record_id,
        case
            when conversions.conversion_type = 'lead' then conversions.journey_until
            when leads.created_at <= conversions.journey_until then leads.created_until
        end as lead_until,
        case
            when conversions.conversion_type = 'opportunity' then conversions.journey_until
            when leads.opportunity_at <= conversions.journey_until then leads.opportunity_until
        end as opportunity_until,
        case
            when conversions.conversion_type in ('customer', 'repeat_customer')
                then conversions.journey_until
            when leads.customer_at <= conversions.journey_until then leads.customer_until
        end as customer_until
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
        touchpoints.sequence_number,
        case
            when touchpoints.occurred_at > milestones.journey_until then milestones.journey_at
            else touchpoints.occurred_at
        end as touched_at,
        milestones.occurred_at as converted_at,
        milestones.lead_until,
        milestones.opportunity_until,
        milestones.customer_until
    from audiences
    inner join milestones on audiences.conversion_key = milestones.conversion_key
    inner join touchpoints on audiences.person_key = touchpoints.person_key
    where
        (
            touchpoints.occurred_at <= milestones.journey_until
            or (
                touchpoints.touchpoint_id = milestones.record_id
                and touchpoints.source_system = milestones.record_system
                and touchpoints.touch_type = 'crm_record'
            )
        )
        and (milestones.journey_after is null or touchpoints.occurred_at > milestones.journey_after)
        and {{ epoch_micros('milestones.journey_at') }}
        - {{ epoch_micros('touchpoints.occurred_until') }}
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
        -- The broad vocabulary has no paid source: there the channel says whether it was bought.
        {{ 'lead_channels' if vocabulary() == 'broad' else 'lead_sources' }}.is_paid,
        coalesce(eligible.touched_at <= eligible.lead_until, false) as is_before_lead,
        coalesce(eligible.touched_at <= eligible.opportunity_until, false)
            as is_before_opportunity,
        coalesce(eligible.touched_at <= eligible.customer_until, false) as is_before_customer,
        row_number() over (
            partition by eligible.conversion_key
            order by
                eligible.touched_at, eligible.sequence_number, eligible.touchpoint_id,
                eligible.source_system
        ) as position
    from eligible
    inner join lead_sources on eligible.lead_source_key = lead_sources.lead_source_key
    {% if vocabulary() == 'broad' -%}
    inner join lead_channels on eligible.lead_channel_key = lead_channels.lead_channel_key
    {% endif -%}

)

select * from final
