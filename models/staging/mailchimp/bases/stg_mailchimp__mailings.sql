{{ config(enabled=delivered(by='mailchimp')) }}

-- The newest state of every mailing ever seen: what was deleted since keeps its name here, because
-- its activity still counts.
with

campaigns as (
    {{ newest_versions(source('mailchimp', 'campaigns'), ['campaign_id']) }}
),

automation_emails as (
    {{ newest_versions(source('mailchimp', 'automation_emails'), ['campaign_id']) }}
),

automations as (
    {{ newest_versions(source('mailchimp', 'automations'), ['automation_id']) }}
),

lists as (
    {{ newest_versions(source('mailchimp', 'lists'), ['list_id']) }}
),

mailings as (

    select
        campaign_id,
        coalesce(title, subject_line) as mailing_name,
        type as mailing_type,
        subject_line,
        preview_text,
        list_id,
        list_name,
        emails_sent,
        send_time as sent_at
    from campaigns

    union all

    -- A nurture e-mail goes out whenever somebody reaches it, so it has no moment of sending.
    select
        automation_emails.campaign_id,
        coalesce(automation_emails.title, automation_emails.subject_line) as mailing_name,
        'automation' as mailing_type,
        automation_emails.subject_line,
        cast(null as {{ dbt.type_string() }}) as preview_text,
        automations.list_id,
        cast(null as {{ dbt.type_string() }}) as list_name,
        automation_emails.emails_sent,
        cast(null as timestamp) as sent_at
    from automation_emails
    left join automations on automation_emails.automation_id = automations.automation_id

),

final as (

    select
        ---------- ids
        'mailchimp' as source_system,
        mailings.campaign_id as mailing_id,
        mailings.campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign,

        ---------- strings
        mailings.mailing_name,
        mailings.mailing_type,
        mailings.subject_line,
        mailings.preview_text,
        coalesce(mailings.list_name, lists.name) as list_name,

        ---------- numerics: Mailchimp's own count; everything else is counted from its activity
        cast(mailings.emails_sent as decimal(18, 6)) as stated_sent,
        cast(null as decimal(18, 6)) as stated_delivered,
        cast(null as decimal(18, 6)) as stated_opened,
        cast(null as decimal(18, 6)) as stated_clicked,
        cast(null as decimal(18, 6)) as stated_bounced,
        cast(null as decimal(18, 6)) as stated_unsubscribed,

        ---------- timestamps
        mailings.sent_at
    from mailings
    left join lists on mailings.list_id = lists.list_id

)

select * from final
