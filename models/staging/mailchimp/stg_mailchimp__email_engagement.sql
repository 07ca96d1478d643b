{{ config(enabled=delivered(by='mailchimp')) }}

with

mailings as (
    select * from {{ ref('stg_mailchimp__mailings') }}
),

actions as (
    select * from {{ ref('stg_mailchimp__actions') }}
),

recipients as (
    {{ newest_versions(source('mailchimp', 'sent_to'), ['campaign_id', 'email_id']) }}
),

campaign_leavers as (
    {{ distinct_events(source('mailchimp', 'unsubscribes'), ['campaign_id', 'email_id']) }}
),

automation_leavers as (
    {{ distinct_events(
        source('mailchimp', 'automation_unsubscribes'), ['campaign_id', 'email_id']
    ) }}
),

engagement as (

    select
        action_id as engagement_id,
        campaign_id,
        email_hash,
        engagement_type,
        occurred_at,
        url
    from actions

    union all

    select
        {{ surrogate_key(['recipients.campaign_id', 'recipients.email_id', "'sent'"]) }}
            as engagement_id,
        recipients.campaign_id,
        recipients.email_address_hash as email_hash,
        'sent' as engagement_type,
        mailings.sent_at as occurred_at,
        cast(null as {{ dbt.type_string() }}) as url
    from recipients
    inner join mailings on recipients.campaign_id = mailings.campaign_id

    union all

    select
        {{ surrogate_key(['campaign_id', 'email_id', "'unsubscribe'"]) }} as engagement_id,
        campaign_id,
        email_address_hash as email_hash,
        'unsubscribe' as engagement_type,
        timestamp as occurred_at,
        cast(null as {{ dbt.type_string() }}) as url
    from campaign_leavers

    union all

    select
        {{ surrogate_key(['campaign_id', 'email_id', "'unsubscribe'"]) }} as engagement_id,
        campaign_id,
        email_address_hash as email_hash,
        'unsubscribe' as engagement_type,
        timestamp as occurred_at,
        cast(null as {{ dbt.type_string() }}) as url
    from automation_leavers

),

final as (

    select
        'mailchimp' as source_system,
        engagement.engagement_id,
        engagement.campaign_id,
        mailings.mailing_name as campaign_name,
        engagement.email_hash,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        engagement.engagement_type,
        engagement.occurred_at,
        engagement.url
    from engagement
    left join mailings on engagement.campaign_id = mailings.campaign_id

)

select * from final
