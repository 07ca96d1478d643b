-- A touch's id is the one its file states. Without one it is made of the row's content and its
-- occurrence number, so that a replay gives the same id, two equal lines of one file stay two
-- touches, and the same touch in two overlapping files counts once.
with

slices as (

    select slice_id from {{ ref('stg_inbox__slices') }}

),

touchpoints as (

    select * from {{ source('inbox', 'touchpoints') }}

),

standing as (

    select
        touchpoints.*,
        nullif(trim(touchpoints.touchpoint_id), '') as stated_id,
        {{ surrogate_key([
            'touchpoints.touchpoint_id', 'touchpoints.occurred_at', 'touchpoints.lead_id',
            'touchpoints.visitor_id', 'touchpoints.email_hash', 'touchpoints.touch_type',
            'touchpoints.lead_source', 'touchpoints.lead_channel', 'touchpoints.utm_source',
            'touchpoints.utm_medium', 'touchpoints.utm_campaign', 'touchpoints.utm_term',
            'touchpoints.utm_content', 'touchpoints.click_id', 'touchpoints.click_id_type',
            'touchpoints.referrer', 'touchpoints.landing_page', 'touchpoints.campaign_id',
            'touchpoints.content', 'touchpoints.cost', 'touchpoints.currency',
        ]) }} as content_key
    from touchpoints
    inner join slices on touchpoints._slice_id = slices.slice_id

),

numbered as (

    select
        *,
        row_number() over (
            partition by _slice_id, content_key
            order by _row_number
        ) as occurrence,
        min(_row_number) over (partition by _slice_id, content_key) as first_row
    from standing

),

-- One id on lines that say different things (an event's id on every attendee) names no touch by
-- itself: the second and later ones get a number, so that none is lost.
named as (

    select
        *,
        dense_rank() over (partition by _slice_id, stated_id order by first_row) as variant
    from numbered

),

identified as (

    select
        *,
        case
            when stated_id is null
                then {{ surrogate_key(['content_key', 'occurrence']) }}
            when variant = 1
                then stated_id
            else stated_id || '#' || cast(variant as varchar)
        end as identified_as
    from named
    where stated_id is null or occurrence = 1

),

versions as (

    select
        *,
        row_number() over (
            partition by identified_as
            order by _sequence desc, _row_number desc
        ) as version
    from identified

),

final as (

    select
        'inbox' as source_system,
        identified_as as touchpoint_id,
        occurred_at,
        coalesce({{ normalized_code('touch_type') }}, 'visit') as touch_type,
        lead_id,
        visitor_id,
        cast(null as varchar) as user_id,
        email_hash,
        click_id,
        click_id_type,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        referrer,
        landing_page,
        lead_source as stated_lead_source,
        lead_channel as stated_lead_channel,
        cast(null as varchar) as campaign_platform,
        campaign_id,
        cast(null as varchar) as campaign_name,
        cast(null as varchar) as keyword,
        content,
        cost,
        currency
    from versions
    where version = 1

)

select * from final
