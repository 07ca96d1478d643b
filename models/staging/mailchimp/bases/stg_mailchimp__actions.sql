{{ config(enabled=delivered(by='mailchimp')) }}

-- One record of Mailchimp is one recipient with a list of actions, and an action has no id.
-- Overlapping windows list it again; two equal actions of one second are in one list. So an
-- action is known by its content and by its number among equals inside one list.
with

campaign_activity as (
    select * from {{ source('mailchimp', 'email_activity') }}
),

automation_activity as (
    select * from {{ source('mailchimp', 'automation_email_activity') }}
),

activity as (

    select
        campaign_id,
        email_id,
        email_address_hash,
        activity,
        _sequence,
        _row_number
    from campaign_activity

    union all

    select
        campaign_id,
        email_id,
        email_address_hash,
        activity,
        _sequence,
        _row_number
    from automation_activity

),

exploded as (
    {{ json_array_rows(
        'activity',
        'activity',
        keep=['campaign_id', 'email_id', 'email_address_hash', '_sequence', '_row_number']
    ) }}
),

actions as (

    select
        campaign_id,
        email_id,
        email_address_hash as email_hash,
        {{ json_text('element', ['action']) }} as engagement_type,
        {{ json_text('element', ['type']) }} as bounce_type,
        {{ json_text('element', ['url']) }} as url,
        {{ utc_moment(json_text('element', ['timestamp'])) }} as occurred_at,
        element_index,
        _sequence,
        _row_number
    from exploded

),

numbered as (

    select
        *,
        row_number() over (
            partition by
                _sequence, _row_number, campaign_id, email_id, engagement_type, url, occurred_at
            order by element_index
        ) as repetition
    from actions

),

identified as (

    select
        *,
        {{ surrogate_key([
            'campaign_id', 'email_id', 'engagement_type', 'url', 'occurred_at', 'repetition',
        ]) }} as action_id
    from numbered

),

distinct_actions as (
    {{ distinct_events('identified', ['action_id']) }}
),

final as (

    select
        action_id,
        campaign_id,
        email_id,
        email_hash,
        engagement_type,
        bounce_type,
        url,
        occurred_at
    from distinct_actions

)

select * from final
