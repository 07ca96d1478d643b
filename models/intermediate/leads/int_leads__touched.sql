-- The eligible touches of a lead's person at or before its creation: the earliest is its origin,
-- the latest the tactic. Direct is the absence of evidence, so a direct touch is either only where
-- no other one is. What the CRM only says about itself is no tracking.
with

leads as (

    select * from {{ ref('int_leads__identified') }}

),

touchpoints as (

    select * from {{ ref('int_touchpoints__identified') }}
    where lookback_days is not null and touch_type <> 'crm_record' and person_key <> 'unknown'

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
            order by touchpoints.occurred_at, touchpoints.touchpoint_id, touchpoints.source_system
        ) as position,
        -- A touch of unknown origin says less than a direct one.
        case touchpoints.lead_source when 'unknown' then 3 when 'direct' then 2 else 1 end
            as source_rank,
        case
            when touchpoints.lead_channel = 'unknown' then 3
            when touchpoints.lead_source = 'direct' then 2
            else 1
        end as channel_rank
    from leads
    inner join touchpoints
        on leads.person_key = touchpoints.person_key and leads.created_at >= touchpoints.occurred_at
    where
        {{ epoch_micros('leads.created_at') }} - {{ epoch_micros('touchpoints.occurred_at') }}
        <= {{ days_in_micros('touchpoints.lookback_days') }}

),

ranked as (

    select
        *,
        row_number() over (partition by lead_key order by source_rank, position) as source_choice,
        row_number() over (
            partition by lead_key order by channel_rank asc, position desc
        ) as channel_choice
    from eligible

),

final as (

    select
        lead_key,
        max(case when source_choice = 1 then touchpoint_key end) as first_touchpoint_key,
        max(case when source_choice = 1 then lead_source end) as tracked_lead_source,
        max(case when source_choice = 1 then campaign_key end) as first_campaign_key,
        max(case when channel_choice = 1 then touchpoint_key end) as last_touchpoint_key,
        max(case when channel_choice = 1 then lead_channel end) as tracked_lead_channel,
        max(case when channel_choice = 1 then campaign_key end) as last_campaign_key,
        min(channel_rank) = 2 as is_channel_of_direct,
        min(lead_source) = 'direct' and max(lead_source) = 'direct' as is_only_direct,
        count(*) as tracked_touches
    from ranked
    group by lead_key

)

select * from final
