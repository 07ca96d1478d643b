{{ config(enabled=delivered('events')) }}

with

slices as (

    select
        slice_id,
        keeps_first
    from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

events as (

    select * from {{ source('inbox', 'events') }}

),

versions as (

    select
        events.*,
        company.reporting_timezone,
        row_number() over (
            partition by events.event_id
            order by
                case when slices.keeps_first then events.starts_at end,
                case when slices.keeps_first then events._sequence end,
                case when slices.keeps_first then events._row_number end,
                events._sequence desc,
                events._row_number desc
        ) as version
    from events
    cross join company
    inner join slices on events._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        event_id,
        event_name,
        event_type,
        {{ known_from('starts_at', 'reporting_timezone') }} as starts_at,
        {{ known_until('starts_at', 'reporting_timezone') }} as starts_until,
        {{ known_until('ends_at', 'reporting_timezone') }} as ends_at,
        place,
        country,
        lead_source as stated_lead_source,
        lead_channel as stated_lead_channel,
        campaign,
        cost,
        currency
    from versions
    where version = 1

)

select * from final
