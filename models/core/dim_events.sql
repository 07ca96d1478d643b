{{ config(enabled=delivered('events') or delivered('event_attendance')) }}

with

events as (

    select * from {{ ref('int_events__combined') }}

),

campaign_references as (

    select
        signed.reference_id,
        matched.campaign_durable_key
    from {{ ref('int_campaign_references__signed') }} as signed
    inner join {{ ref('int_campaign_references__matched') }} as matched
        on signed.signature_key = matched.signature_key
    where signed.source_system = 'events'

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}
    where is_current

),

final as (

    select
        ---------- ids
        events.event_key,
        events.event_id,
        events.source_system,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,

        ---------- strings
        events.event_name,
        events.event_type,
        events.place,
        events.country,

        ---------- booleans
        events.is_declared,

        ---------- timestamps
        events.starts_at,
        events.ends_at
    from events
    left join campaign_references on events.event_key = campaign_references.reference_id
    left join campaigns
        on campaign_references.campaign_durable_key = campaigns.campaign_durable_key

)

select * from final
