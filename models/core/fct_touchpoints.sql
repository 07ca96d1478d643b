-- A crm_record stands in for tracking, so it counts only where its lead has no tracked touch, or
-- direct ones only and the record states something else: direct is the absence of evidence.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__placed') }}

),

tracked_leads as (

    select
        'crm_record' as touch_type,
        'crm:' || leads.lead_id as touchpoint_id,
        leads.source_system,
        touched.is_only_direct
    from {{ ref('int_leads__touched') }} as touched
    inner join {{ ref('int_leads__identified') }} as leads on touched.lead_key = leads.lead_key

),

lead_people as (

    select person_key
    from {{ ref('int_leads__identified') }}
    group by person_key

),

counted as (

    select
        touchpoints.*,
        lead_people.person_key is not null as is_of_lead
    from touchpoints
    left join lead_people on touchpoints.person_key = lead_people.person_key
    left join tracked_leads
        on
            touchpoints.touch_type = tracked_leads.touch_type
            and touchpoints.source_system = tracked_leads.source_system
            and touchpoints.touchpoint_id = tracked_leads.touchpoint_id
    where
        tracked_leads.touchpoint_id is null
        or (
            tracked_leads.is_only_direct
            and touchpoints.lead_source <> 'direct'
            and not (
                touchpoints.lead_source = 'unknown'
                and touchpoints.lead_channel = 'unknown'
                and touchpoints.campaign_key = 'unknown'
            )
        )

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

dated as (

    select
        counted.*,
        {{ local_day('counted.occurred_at', 'company.reporting_timezone') }} as occurred_on
    from counted
    cross join company

),

final as (

    select
        ---------- ids
        touchpoint_key,
        touchpoint_id,
        source_system,
        person_key,
        visit_key,
        counting_touchpoint_key,
        {{ member_key('lead_source', 'lead_source') }} as lead_source_key,
        {{ member_key('lead_channel', 'lead_channel') }} as lead_channel_key,
        campaign_key,

        ---------- strings
        touch_type,
        identified_by,
        landing_page,
        referrer_host,
        campaign_match,
        keyword,
        content,
        ga4_channel_group,
        rule_id,
        ineligible_reason,
        case when occurred_until > occurred_at then 'day' else 'moment' end
            as occurred_at_precision,

        ---------- numerics
        cast(lookback_days as double) as lookback_days,
        sequence_number,

        ---------- booleans
        ineligible_reason is null as is_eligible,
        is_of_lead and identified_by in ('user', 'visitor', 'click') as is_stitched,

        ---------- timestamps
        occurred_at,
        occurred_until,

        ---------- dates
        occurred_on
    from dated

    union all

    select
        'unattributed' as touchpoint_key,
        'unattributed' as touchpoint_id,
        'unattributed' as source_system,
        'unknown' as person_key,
        'unattributed' as visit_key,
        'unattributed' as counting_touchpoint_key,
        'unattributed' as lead_source_key,
        'unattributed' as lead_channel_key,
        'unattributed' as campaign_key,
        'unattributed' as touch_type,
        'none' as identified_by,
        cast(null as {{ dbt.type_string() }}) as landing_page,
        cast(null as {{ dbt.type_string() }}) as referrer_host,
        'none' as campaign_match,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as content,
        'Unassigned' as ga4_channel_group,
        'unattributed' as rule_id,
        'unknown_person' as ineligible_reason,
        'moment' as occurred_at_precision,
        cast(null as double) as lookback_days,
        cast(1 as bigint) as sequence_number,
        false as is_eligible,
        false as is_stitched,
        cast(null as timestamp) as occurred_at,
        cast(null as timestamp) as occurred_until,
        cast(null as date) as occurred_on

)

select * from final
