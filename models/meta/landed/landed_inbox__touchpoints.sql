{{ config(materialized='ephemeral', enabled=delivered('touchpoints', by='inbox')) }}

-- Counted without numbering line by line as staging does: equal things are grouped, and a group
-- counts as often as the one file that has most of it.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'touchpoints'

),

lines as (

    select
        touchpoints._sequence,
        touchpoints._row_number,
        nullif(trim(touchpoints.touchpoint_id), '') as stated_id,
        coalesce({{ normalized_code('touchpoints.touch_type') }}, 'visit') as touch_type,
        {{ known_from('touchpoints.occurred_at', 'company.reporting_timezone') }} as occurred_at,
        touchpoints.cost,
        upper(trim(touchpoints.currency)) as currency,
        {{ row_fingerprint([
            'touchpoints.touchpoint_id', 'touchpoints.lead_id', 'touchpoints.visitor_id',
            'touchpoints.email_hash', 'touchpoints.occurred_at', 'touchpoints.touch_type',
            'touchpoints.lead_source', 'touchpoints.lead_channel', 'touchpoints.campaign_id',
            'touchpoints.utm_source', 'touchpoints.utm_medium', 'touchpoints.utm_campaign',
            'touchpoints.utm_term', 'touchpoints.utm_content', 'touchpoints.click_id',
            'touchpoints.click_id_type', 'touchpoints.referrer', 'touchpoints.landing_page',
            'touchpoints.content', 'touchpoints.cost', 'touchpoints.currency',
        ]) }} as content
    from {{ source('inbox', 'touchpoints') }} as touchpoints
    cross join company
    inner join newest_files
        on
            touchpoints._account_id = newest_files.account_id
            and touchpoints._sequence = newest_files.sequence

),

contents as (

    select
        _sequence,
        content,
        min(stated_id) as stated_id,
        min(touch_type) as touch_type,
        min(occurred_at) as occurred_at,
        min(cost) as cost,
        min(currency) as currency,
        count(*) as equal_lines,
        min(_row_number) as first_row
    from lines
    group by _sequence, content

),

-- Under one id every different line of a file is a touch, and equal lines are one.
placed as (

    select
        *,
        row_number() over (partition by _sequence, stated_id order by first_row) as row_rank
    from contents
    where stated_id is not null

),

named as (

    select
        *,
        row_number() over (partition by stated_id, row_rank order by _sequence desc) as version
    from placed

),

unnamed as (

    select
        content,
        min(touch_type) as touch_type,
        min(occurred_at) as occurred_at,
        min(cost) as cost,
        min(currency) as currency,
        max(equal_lines) as touches
    from contents
    where stated_id is null
    group by content

),

final as (

    select
        'inbox' as source_system,
        touch_type,
        occurred_at,
        cast(1 as bigint) as touches,
        cost,
        currency
    from named
    where version = 1
    union all
    select
        'inbox' as source_system,
        touch_type,
        occurred_at,
        touches,
        cost,
        currency
    from unnamed

)

select * from final
