{{ config(enabled=delivered('touchpoints', by='inbox')) }}

{%- set content = [
    'touchpoints.touchpoint_id', 'touchpoints.occurred_at', 'touchpoints.lead_id',
    'touchpoints.visitor_id', 'touchpoints.email_hash', 'touchpoints.touch_type',
    'touchpoints.lead_source', 'touchpoints.lead_channel', 'touchpoints.utm_source',
    'touchpoints.utm_medium', 'touchpoints.utm_campaign', 'touchpoints.utm_term',
    'touchpoints.utm_content', 'touchpoints.click_id', 'touchpoints.click_id_type',
    'touchpoints.referrer', 'touchpoints.landing_page', 'touchpoints.campaign_id',
    'touchpoints.content', 'touchpoints.cost', 'touchpoints.currency',
] %}

-- A touch's id is the one its file states. Without one it is made of the row's content and its
-- occurrence number, so that a replay gives the same id, two equal lines of one file stay two
-- touches, and the same touch in two overlapping files counts once.
with

slices as (

    select slice_id from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

touchpoints as (

    select * from {{ source('inbox', 'touchpoints') }}

),

kept_lines as (

    select
        touchpoints.*,
        nullif(trim(touchpoints.touchpoint_id), '') as stated_id,
        {{ row_fingerprint(content) }} as content_number,
        case
            when coalesce(trim(touchpoints.touchpoint_id), '') = ''
                then {{ surrogate_key(content) | indent(16) }}
        end as content_key
    from touchpoints
    inner join slices on touchpoints._slice_id = slices.slice_id

),

-- Numbering moves the keys alone. Lines with an id are compared by it and by a number over what
-- they say, which takes half of what a key of every line takes.
keys as (

    select
        _slice_id,
        _row_number,
        _sequence,
        stated_id,
        content_number,
        content_key
    from kept_lines

),

numbered as (

    select
        *,
        row_number() over (
            partition by _slice_id, stated_id, content_number, content_key
            order by _row_number
        ) as occurrence,
        min(_row_number) over (
            partition by _slice_id, stated_id, content_number, content_key
        ) as first_row
    from keys

),

-- One id on lines that say different things (an event's id on every attendee) names no touch by
-- itself: the second and later ones get a number, so that none is lost.
named as (

    select
        *,
        dense_rank() over (partition by _slice_id, stated_id order by first_row) as variant
    from numbered
    where stated_id is not null and occurrence = 1

),

identified as (

    select
        _slice_id,
        _row_number,
        _sequence,
        case
            when variant = 1 then stated_id
            else stated_id || '#' || cast(variant as {{ dbt.type_string() }})
        end as identified_as
    from named
    union all
    select
        _slice_id,
        _row_number,
        _sequence,
        {{ surrogate_key(['content_key', 'occurrence']) }} as identified_as
    from numbered
    where stated_id is null

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
        versions.identified_as as touchpoint_id,
        {{ known_from('kept_lines.occurred_at', 'company.reporting_timezone') }} as occurred_at,
        {{ known_until('kept_lines.occurred_at', 'company.reporting_timezone') }} as occurred_until,
        kept_lines._row_number as line_number,
        coalesce({{ normalized_code('kept_lines.touch_type') }}, 'visit') as touch_type,
        kept_lines.lead_id,
        kept_lines.visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        kept_lines.email_hash,
        kept_lines.click_id,
        kept_lines.click_id_type,
        kept_lines.utm_source,
        kept_lines.utm_medium,
        kept_lines.utm_campaign,
        kept_lines.utm_term,
        kept_lines.utm_content,
        kept_lines.referrer,
        kept_lines.landing_page,
        kept_lines.lead_source as stated_lead_source,
        kept_lines.lead_channel as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        kept_lines.campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        kept_lines.content,
        kept_lines.cost,
        kept_lines.currency
    from versions
    cross join company
    inner join kept_lines
        on
            versions._slice_id = kept_lines._slice_id
            and versions._row_number = kept_lines._row_number
    where versions.version = 1

)

select * from final
