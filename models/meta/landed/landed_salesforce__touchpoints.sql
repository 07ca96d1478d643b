{{ config(materialized='ephemeral', enabled=delivered(by='salesforce')) }}

with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

members as (

    select
        *,
        row_number() over (
            partition by member_id order by _sequence desc, _row_number desc
        ) as row_rank
    from {{ source('salesforce', 'campaign_members') }}

),

campaigns as (

    select
        campaigns.campaign_id,
        {{ known_from('campaigns.starts_at', 'company.reporting_timezone') }} as starts_at,
        {{ bare_word('campaigns.type') }} as type_word,
        row_number() over (
            partition by campaigns.campaign_id
            order by campaigns._sequence desc, campaigns._row_number desc
        ) as row_rank
    from {{ source('salesforce', 'campaigns') }} as campaigns
    cross join company

),

responses as (

    select
        members._extracted_at as read_at,
        event_types.event_type_word is not null as is_event,
        coalesce(event_types.touch_type, types.touch_type, 'crm_record') as touch_type,
        coalesce(
            case when event_types.event_type_word is not null then campaigns.starts_at end,
            {{ known_from('members.responded_at', 'company.reporting_timezone') }},
            members.created_at
        ) as occurred_at,
        coalesce(words.attendance_status, 'attended') as attendance_status
    from members
    cross join company
    left join campaigns
        on members.campaign_id = campaigns.campaign_id and campaigns.row_rank = 1
    left join {{ ref('event_type_words') }} as event_types
        on campaigns.type_word = event_types.event_type_word
    left join {{ ref('salesforce_campaign_types') }} as types
        on campaigns.type_word = types.campaign_type_word
    left join {{ ref('attendance_words') }} as words
        on {{ bare_word('members.status') }} = words.attendance_word
    where
        members.row_rank = 1
        and members.has_responded
        and not coalesce(members.is_deleted, false)

),

final as (

    select
        'salesforce' as source_system,
        touch_type,
        occurred_at,
        cast(1 as bigint) as touches,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from responses
    where not is_event or (attendance_status = 'attended' and occurred_at <= read_at)

)

select * from final
