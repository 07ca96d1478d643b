{{ config(materialized='view') }}

with

touchpoints as (

    select * from {{ ref('int_touchpoints__identified') }}

),

visits as (

    select * from {{ ref('int_touchpoints__visits') }}

),

final as (

    select
        touchpoints.touchpoint_key,
        touchpoints.source_system,
        touchpoints.touchpoint_id,
        touchpoints.lead_id,
        touchpoints.person_key,
        touchpoints.identified_by,
        touchpoints.occurred_at,
        touchpoints.occurred_until,
        coalesce(touchpoints.numeric_id, visits.sequence_number, 1) as sequence_number,
        coalesce(visits.visit_key, touchpoints.touchpoint_key) as visit_key,
        coalesce(visits.counting_touchpoint_key, touchpoints.touchpoint_key)
            as counting_touchpoint_key,
        touchpoints.touch_type,
        touchpoints.lead_source,
        touchpoints.lead_channel,
        case
            when touchpoints.campaign_key = 'unknown'
                then coalesce(visits.shown_campaign_key, 'unknown')
            else touchpoints.campaign_key
        end as campaign_key,
        case
            when touchpoints.campaign_key = 'unknown' and visits.shown_campaign_key is not null
                then 'visit'
            else touchpoints.campaign_match
        end as campaign_match,
        touchpoints.landing_page,
        touchpoints.referrer_host,
        touchpoints.keyword,
        touchpoints.content,
        touchpoints.ga4_channel_group,
        touchpoints.rule_id,
        touchpoints.lookback_days,
        case
            when touchpoints.lookback_days is null then 'touch_type'
            when touchpoints.person_key = 'unknown' then 'unknown_person'
            else visits.visit_reason
        end as ineligible_reason
    from touchpoints
    left join visits on touchpoints.touchpoint_key = visits.touchpoint_key

)

select * from final
