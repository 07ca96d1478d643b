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
        nullif(trim(touchpoints.touchpoint_id), '') as stated_id
    from touchpoints
    inner join slices on touchpoints._slice_id = slices.slice_id

),

-- Most ids are on one line, which needs no number. One that reads as if it were made below, with a
-- number or as long as a key, is compared with those.
plain_ids as (

    select stated_id
    from kept_lines
    where stated_id is not null
    group by stated_id
    having count(*) = 1 and stated_id not like '%#%' and length(stated_id) <> 32

),

-- Numbering moves the keys alone. Lines with an id are compared by it and by a number over what
-- they say, which takes half of what a key of every line takes.
keys as (

    select
        touchpoints._slice_id,
        touchpoints._row_number,
        touchpoints._sequence,
        touchpoints.stated_id,
        {{ row_fingerprint(content) }} as content_number,
        case when touchpoints.stated_id is null then {{ surrogate_key(content) | indent(12) }} end
            as content_key
    from kept_lines as touchpoints
    left join plain_ids on touchpoints.stated_id = plain_ids.stated_id
    where plain_ids.stated_id is null

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

counted as (

    select
        kept_lines.*,
        kept_lines.stated_id as identified_as
    from kept_lines
    inner join plain_ids on kept_lines.stated_id = plain_ids.stated_id
    union all
    select
        kept_lines.*,
        versions.identified_as
    from versions
    inner join kept_lines
        on
            versions._slice_id = kept_lines._slice_id
            and versions._row_number = kept_lines._row_number
    where versions.version = 1

),

final as (

    select
        'inbox' as source_system,
        counted.identified_as as touchpoint_id,
        {{ known_from('counted.occurred_at', 'company.reporting_timezone') }} as occurred_at,
        {{ known_until('counted.occurred_at', 'company.reporting_timezone') }} as occurred_until,
        counted._row_number as line_number,
        coalesce({{ normalized_code('counted.touch_type') }}, 'visit') as touch_type,
        counted.lead_id,
        counted.visitor_id,
        counted.user_id,
        counted.email_hash,
        counted.click_id,
        counted.click_id_type,
        counted.utm_source,
        counted.utm_medium,
        counted.utm_campaign,
        counted.utm_term,
        counted.utm_content,
        counted.referrer,
        counted.landing_page,
        counted.lead_source as stated_lead_source,
        counted.lead_channel as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        counted.campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        counted.content,
        counted.cost,
        counted.currency
    from counted
    cross join company

)

select * from final
