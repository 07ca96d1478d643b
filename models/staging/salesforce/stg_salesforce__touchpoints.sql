{{ config(enabled=delivered(by='salesforce')) }}

-- Who responded to a campaign. An event touches on its day, once that has come, and those who were
-- registered and did not come respond as well: their status says so. A response is noted as a day.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

members as (
    {{ newest_versions(source('salesforce', 'campaign_members'), ['member_id']) }}
),

campaigns as (
    select * from {{ ref('stg_salesforce__campaign_versions') }}
    where is_newest
),

people as (
    select * from {{ ref('stg_salesforce__people') }}
),

words as (
    select * from {{ ref('attendance_words') }}
),

responses as (

    select
        members._extracted_at,
        {{ salesforce_id('members.member_id') }} as member_id,
        {{ salesforce_id('members.campaign_id') }} as campaign_id,
        coalesce(
            {{ salesforce_id('members.lead_id') }}, {{ salesforce_id('members.contact_id') }}
        ) as record_id,
        coalesce(
            {{ known_from('members.responded_at', 'company.reporting_timezone') }},
            members.created_at
        ) as responded_at,
        coalesce(
            {{ known_until('members.responded_at', 'company.reporting_timezone') }},
            members.created_at
        ) as responded_until,
        coalesce(words.attendance_status, 'attended') = 'attended' as is_attended
    from members
    cross join company
    left join words on {{ bare_word('members.status') }} = words.attendance_word
    where members.has_responded and not coalesce(members.is_deleted, false)

),

touched as (

    select
        responses.*,
        campaigns.campaign_name,
        campaigns.touch_type,
        campaigns.lead_source,
        campaigns.lead_channel,
        campaigns.is_event,
        case when campaigns.is_event then campaigns.starts_at end as event_at,
        case when campaigns.is_event then campaigns.starts_until end as event_until
    from responses
    left join campaigns on responses.campaign_id = campaigns.campaign_id

),

final as (

    select
        'salesforce' as source_system,
        'member:' || touched.member_id as touchpoint_id,
        coalesce(touched.event_at, touched.responded_at) as occurred_at,
        coalesce(touched.event_until, touched.responded_until) as occurred_until,
        cast(null as bigint) as line_number,
        coalesce(touched.touch_type, 'crm_record') as touch_type,
        coalesce(people.lead_id, touched.record_id) as lead_id,
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        cast(null as {{ dbt.type_string() }}) as email_hash,
        cast(null as {{ dbt.type_string() }}) as click_id,
        cast(null as {{ dbt.type_string() }}) as click_id_type,
        cast(null as {{ dbt.type_string() }}) as utm_source,
        cast(null as {{ dbt.type_string() }}) as utm_medium,
        cast(null as {{ dbt.type_string() }}) as utm_campaign,
        cast(null as {{ dbt.type_string() }}) as utm_term,
        cast(null as {{ dbt.type_string() }}) as utm_content,
        cast(null as {{ dbt.type_string() }}) as referrer,
        cast(null as {{ dbt.type_string() }}) as landing_page,
        touched.lead_source as stated_lead_source,
        touched.lead_channel as stated_lead_channel,
        'salesforce' as campaign_platform,
        touched.campaign_id,
        touched.campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        touched.campaign_name as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from touched
    left join people on touched.record_id = people.record_id
    where
        not coalesce(touched.is_event, false)
        or (
            touched.is_attended
            and coalesce(touched.event_at, touched.responded_at) <= touched._extracted_at
        )

)

select * from final
