{{ config(enabled=delivered(by='salesforce')) }}

-- Every version of every campaign, with what its type says of it.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

campaigns as (

    select
        *,
        row_number() over (
            partition by campaign_id order by _sequence desc, _row_number desc
        ) as version
    from {{ source('salesforce', 'campaigns') }}

),

types as (
    select * from {{ ref('salesforce_campaign_types') }}
),

event_types as (
    select * from {{ ref('event_type_words') }}
),

final as (

    select
        campaigns._account_id as account_id,
        {{ salesforce_id('campaigns.campaign_id') }} as campaign_id,
        campaigns.name as campaign_name,
        campaigns.type as campaign_type,
        campaigns.status,
        {{ known_from('campaigns.starts_at', 'company.reporting_timezone') }} as starts_at,
        {{ known_until('campaigns.starts_at', 'company.reporting_timezone') }} as starts_until,
        campaigns.created_at,
        campaigns.actual_cost,
        coalesce(campaigns.currency, campaigns.corporate_currency) as currency,
        event_types.event_type_word is not null as is_event,
        coalesce(types.is_media, false) as is_media,
        coalesce(event_types.touch_type, types.touch_type, 'crm_record') as touch_type,
        coalesce(types.lead_source, event_types.touch_type) as lead_source,
        coalesce(types.lead_channel, event_types.lead_channel) as lead_channel,
        coalesce(campaigns.is_deleted, false) as is_deleted,
        campaigns.version = 1 as is_newest,
        campaigns._extracted_at as observed_at,
        campaigns._sequence as sequence
    from campaigns
    cross join company
    left join types on {{ bare_word('campaigns.type') }} = types.campaign_type_word
    left join event_types on {{ bare_word('campaigns.type') }} = event_types.event_type_word

)

select * from final
