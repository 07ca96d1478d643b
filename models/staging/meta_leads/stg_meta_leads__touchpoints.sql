{{ config(enabled=delivered(by='meta_leads')) }}

with

leads as (
    {{ distinct_events(source('meta_leads', 'leads'), ['lead_id']) }}
),

forms as (
    {{ newest_versions(source('meta_leads', 'forms'), ['form_id']) }}
),

-- Whoever may not see the ad of a lead gets no ids, but is told that it was one.
placed as (

    select
        leads.*,
        leads.ad_id is not null
        or leads.campaign_id is not null
        or not coalesce(leads.is_organic, true) as is_paid,
        forms.name as form_name
    from leads
    left join forms on leads.form_id = forms.form_id

),

final as (

    select
        'meta_leads' as source_system,
        lead_id as touchpoint_id,
        created_at as occurred_at,
        created_at as occurred_until,
        cast(null as bigint) as line_number,
        'form' as touch_type,
        lead_id,
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        coalesce(email_hash, work_email_hash) as email_hash,
        cast(null as {{ dbt.type_string() }}) as click_id,
        cast(null as {{ dbt.type_string() }}) as click_id_type,
        -- As the macro site_source_name writes it into the tags of an ad: fb, ig, ...
        platform as utm_source,
        case when is_paid then 'paid_social' else 'social' end as utm_medium,
        cast(null as {{ dbt.type_string() }}) as utm_campaign,
        cast(null as {{ dbt.type_string() }}) as utm_term,
        ad_id as utm_content,
        cast(null as {{ dbt.type_string() }}) as referrer,
        cast(null as {{ dbt.type_string() }}) as landing_page,
        case when is_paid then 'paid_social' else 'organic_social' end as stated_lead_source,
        case when is_paid then 'social_ad' else 'social_post' end as stated_lead_channel,
        case when is_paid then 'meta_ads' end as campaign_platform,
        campaign_id,
        campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        form_name as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from placed

)

select * from final
