{{ config(enabled=delivered(by='mailchimp')) }}

with

campaigns as (
    select * from {{ source('mailchimp', 'campaigns') }}
),

automation_emails as (
    select * from {{ source('mailchimp', 'automation_emails') }}
),

mailings as (

    select
        _account_id,
        campaign_id,
        coalesce(title, subject_line) as campaign_name,
        type as campaign_type,
        status,
        _extracted_at,
        _sequence
    from campaigns

    union all

    select
        _account_id,
        campaign_id,
        coalesce(title, subject_line) as campaign_name,
        'automation' as campaign_type,
        status,
        _extracted_at,
        _sequence
    from automation_emails

),

final as (

    select
        'mailchimp' as source_system,
        'mailchimp' as platform,
        _account_id as account_id,
        campaign_id,
        campaign_name,
        campaign_type,
        status,
        _extracted_at as observed_at,
        _sequence as sequence
    from mailings

)

select * from final
