-- The eligible touches of a lead's person at or before its creation: the earliest is its origin,
-- the latest the tactic. What the CRM only says about itself is no tracking.
with

leads as (

    select * from {{ ref('int_leads__identified') }}

),

touchpoints as (

    select * from {{ ref('int_touchpoints__placed') }}
    where ineligible_reason is null and touch_type <> 'crm_record'

),

eligible as (

    select
        leads.lead_key,
        touchpoints.touchpoint_key,
        touchpoints.lead_source,
        touchpoints.lead_channel,
        touchpoints.campaign_key,
        row_number() over (
            partition by leads.lead_key
            order by
                touchpoints.occurred_at, touchpoints.sequence_number, touchpoints.touchpoint_id,
                touchpoints.source_system
        ) as position,
        count(*) over (partition by leads.lead_key) as touches
    from leads
    inner join touchpoints
        on
            leads.person_key = touchpoints.person_key
            and leads.created_until >= touchpoints.occurred_at
    where
        {{ epoch_micros('leads.created_at') }} - {{ epoch_micros('touchpoints.occurred_until') }}
        <= {{ days_in_micros('touchpoints.lookback_days') }}

),

final as (

    select
        lead_key,
        max(case when position = 1 then touchpoint_key end) as first_touchpoint_key,
        max(case when position = 1 then lead_source end) as tracked_lead_source,
        max(case when position = 1 then campaign_key end) as first_campaign_key,
        max(case when position = touches then touchpoint_key end) as last_touchpoint_key,
        max(case when position = touches then lead_channel end) as tracked_lead_channel,
        max(case when position = touches then campaign_key end) as last_campaign_key,
        max(touches) as tracked_touches
    from eligible
    group by lead_key

)

select * from final
