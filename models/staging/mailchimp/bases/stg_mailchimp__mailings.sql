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

final as (

    select
        campaign_id,
        coalesce(title, subject_line) as campaign_name,
        type as campaign_type,
        status,
        list_id,
        subject_line,
        emails_sent,
        send_time as sent_at
    from campaigns

    union all

    -- A nurture e-mail goes out whenever somebody reaches it, so it has no moment of sending.
    select
        campaign_id,
        coalesce(title, subject_line) as campaign_name,
        'automation' as campaign_type,
        status,
        cast(null as {{ dbt.type_string() }}) as list_id,
        subject_line,
        emails_sent,
        cast(null as timestamp) as sent_at
    from automation_emails

)

select * from final
