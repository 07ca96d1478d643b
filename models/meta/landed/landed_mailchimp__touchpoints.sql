{{ config(materialized='ephemeral', enabled=delivered(by='mailchimp')) }}

-- Counted without numbering action by action as staging does: equal actions are grouped, and a
-- group counts as often as the one list that has most of it.
with

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

final as (

    select
        'mailchimp' as source_system,
        'email_' || engagement_type as touch_type,
        occurred_at,
        touches,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from actions

)

select * from final
