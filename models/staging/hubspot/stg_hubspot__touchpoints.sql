{{ config(enabled=delivered(by='hubspot')) }}

with

submissions as (
    {{ distinct_events(source('hubspot', 'form_submissions'), ['submission_id']) }}
),

forms as (
    {{ newest_versions(source('hubspot', 'forms'), ['form_id']) }}
),

final as (

    select
        'hubspot' as source_system,
        submissions.submission_id as touchpoint_id,
        submissions.submitted_at as occurred_at,
        submissions.submitted_at as occurred_until,
        cast(null as bigint) as line_number,
        'form' as touch_type,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        nullif(submissions.matomo_visitor_id, '') as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        submissions.email_hash,
        coalesce(
            submissions.gclid, submissions.gbraid, submissions.wbraid, submissions.msclkid,
            submissions.li_fat_id, submissions.ttclid, submissions.fbclid
        ) as click_id,
        case
            when submissions.gclid is not null then 'gclid'
            when submissions.gbraid is not null then 'gbraid'
            when submissions.wbraid is not null then 'wbraid'
            when submissions.msclkid is not null then 'msclkid'
            when submissions.li_fat_id is not null then 'li_fat_id'
            when submissions.ttclid is not null then 'ttclid'
            when submissions.fbclid is not null then 'fbclid'
        end as click_id_type,
        submissions.utm_source,
        submissions.utm_medium,
        submissions.utm_campaign,
        submissions.utm_term,
        submissions.utm_content,
        submissions.referrer,
        submissions.page_url as landing_page,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        forms.name as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from submissions
    left join forms on submissions.form_id = forms.form_id

)

select * from final
