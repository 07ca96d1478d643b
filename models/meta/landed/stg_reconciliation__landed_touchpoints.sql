-- Touches as the slices hold them, counted without numbering line by line as staging does: equal
-- things are grouped, and a group counts as often as the one list or file that has most of it.
with

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
        touchpoints.occurred_at,
        touchpoints.cost,
        upper(trim(touchpoints.currency)) as currency,
        {{ surrogate_key([
            'touchpoints.touchpoint_id', 'touchpoints.lead_id', 'touchpoints.visitor_id',
            'touchpoints.email_hash', 'touchpoints.occurred_at', 'touchpoints.touch_type',
            'touchpoints.lead_source', 'touchpoints.lead_channel', 'touchpoints.campaign_id',
            'touchpoints.utm_source', 'touchpoints.utm_medium', 'touchpoints.utm_campaign',
            'touchpoints.utm_term', 'touchpoints.utm_content', 'touchpoints.click_id',
            'touchpoints.click_id_type', 'touchpoints.referrer', 'touchpoints.landing_page',
            'touchpoints.content', 'touchpoints.cost', 'touchpoints.currency',
        ]) }} as content
    from {{ source('inbox', 'touchpoints') }} as touchpoints
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
        row_number() over (partition by _sequence, stated_id order by first_row) as place
    from contents
    where stated_id is not null

),

named as (

    select
        *,
        row_number() over (partition by stated_id, place order by _sequence desc) as version
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

visits as (

    select
        visit_id,
        started_at,
        row_number() over (
            partition by visit_id order by _sequence desc, _row_number desc
        ) as place
    from {{ source('matomo', 'visits') }}

),

submissions as (

    select
        submission_id,
        min(submitted_at) as submitted_at
    from {{ source('hubspot', 'form_submissions') }}
    group by submission_id

),

email_lists as (

    select
        campaign_id,
        email_id,
        activity,
        _sequence,
        _row_number
    from {{ source('mailchimp', 'email_activity') }}
    union all
    select
        campaign_id,
        email_id,
        activity,
        _sequence,
        _row_number
    from {{ source('mailchimp', 'automation_email_activity') }}

),

email_elements as (
    {{ json_array_rows(
        'email_lists',
        'activity',
        keep=['campaign_id', 'email_id', '_sequence', '_row_number']
    ) }}
),

email_actions as (

    select
        campaign_id,
        email_id,
        _sequence,
        _row_number,
        {{ json_text('element', ['action']) }} as engagement_type,
        {{ json_text('element', ['url']) }} as url,
        {{ utc_moment(json_text('element', ['timestamp'])) }} as occurred_at
    from email_elements

),

actions_by_list as (

    select
        campaign_id,
        email_id,
        engagement_type,
        url,
        occurred_at,
        count(*) as equal_actions
    from email_actions
    where engagement_type in ('click', 'open')
    group by
        campaign_id, email_id, engagement_type, url, occurred_at, _sequence, _row_number

),

actions as (

    select
        campaign_id,
        email_id,
        engagement_type,
        url,
        occurred_at,
        max(equal_actions) as touches
    from actions_by_list
    group by campaign_id, email_id, engagement_type, url, occurred_at

),

-- Only lines of files state what a touch cost.
unpriced as (

    select
        'matomo' as source_system,
        'visit' as touch_type,
        started_at as occurred_at,
        cast(1 as bigint) as touches
    from visits
    where place = 1
    union all
    select
        'hubspot' as source_system,
        'form' as touch_type,
        submitted_at as occurred_at,
        cast(1 as bigint) as touches
    from submissions
    union all
    select
        'mailchimp' as source_system,
        'email_' || engagement_type as touch_type,
        occurred_at,
        touches
    from actions

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
    union all
    select
        source_system,
        touch_type,
        occurred_at,
        touches,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from unpriced

)

select * from final
