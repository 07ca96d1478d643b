{{ config(enabled=delivered('outreach')) }}

with

outreach as (

    select
        *,
        coalesce(
            'lead:' || source_system || ':' || lead_id,
            'email:' || email_hash,
            'phone:' || phone_hash
        ) as node
    from {{ ref('int_outreach__identified') }}

),

people as (

    select * from {{ ref('int_identity__people') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where touchpoint_id like 'outreach:%'

),

campaign_references as (

    select
        signed.reference_id,
        matched.campaign_durable_key
    from {{ ref('int_campaign_references__signed') }} as signed
    inner join {{ ref('int_campaign_references__matched') }} as matched
        on signed.signature_key = matched.signature_key
    where signed.source_system = 'outreach'

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}
    where is_current

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

known as (

    select
        {{ surrogate_key(['outreach.source_system', 'outreach.outreach_id']) }} as outreach_key,
        outreach.source_system,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,
        case
            when touchpoints.person_key is not null then touchpoints.person_key
            when outreach.node is null then 'unknown'
            else coalesce(people.person_key, {{ surrogate_key(['outreach.node']) }})
        end as person_key,
        touchpoints.touchpoint_key,
        outreach.wave,
        outreach.outreach_type,
        outreach.is_held_out,
        outreach.is_delivered,
        outreach.is_response,
        outreach.contacted_at,
        outreach.contacted_until,
        case
            when outreach.is_response
                then coalesce(
                    touchpoints.occurred_at, outreach.responded_at, outreach.contacted_at
                )
        end as responded_at
    from outreach
    left join people on outreach.node = people.node
    left join touchpoints
        on
            outreach.source_system = touchpoints.source_system
            and 'outreach:' || outreach.outreach_id = touchpoints.touchpoint_id
    left join campaign_references on outreach.reference_id = campaign_references.reference_id
    left join campaigns
        on campaign_references.campaign_durable_key = campaigns.campaign_durable_key

),

final as (

    select
        ---------- ids
        known.outreach_key,
        known.source_system,
        known.campaign_key,
        known.person_key,
        known.touchpoint_key,

        ---------- strings
        known.wave,
        known.outreach_type,

        ---------- booleans
        known.is_held_out,
        known.is_delivered,
        known.is_response,

        ---------- timestamps
        known.contacted_at,
        known.contacted_until,
        known.responded_at,

        ---------- dates
        {{ local_day('known.contacted_at', 'company.reporting_timezone') }} as contacted_on,
        {{ local_day('known.responded_at', 'company.reporting_timezone') }} as responded_on
    from known
    cross join company

)

select * from final
