{{ config(enabled=delivered(by='meta_leads')) }}

{%- set text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
{%- set moment = 'cast(null as timestamp)' %}

-- Where the lead came from is its touch's to say; a later sale is the CRM's.
with

leads as (
    {{ distinct_events(source('meta_leads', 'leads'), ['lead_id']) }}
),

-- What a test tool answers is no company, country or segment.
answered as (

    select
        *,
        coalesce(email_kind = 'test' or work_email_kind = 'test', false) as is_test
    from leads

),

final as (

    select
        'meta_leads' as source_system,
        lead_id,
        created_at,
        created_at as created_until,
        coalesce(email_hash, work_email_hash) as email_hash,
        coalesce(phone_hash, work_phone_hash) as phone_hash,
        {{ text }} as visitor_id,
        {{ text }} as user_id,
        {{ text }} as account_id,
        case when not is_test then company_name end as account_name,
        {{ text }} as crm_lead_source,
        {{ text }} as crm_lead_channel,
        case when not is_test then how_did_you_hear_about_us end as self_reported_source,
        {{ text }} as campaign,
        {{ text }} as landing_page,
        {{ text }} as referrer,
        {{ text }} as utm_source,
        {{ text }} as utm_medium,
        {{ text }} as utm_campaign,
        {{ text }} as utm_term,
        {{ text }} as utm_content,
        {{ text }} as click_id,
        case when not is_test then segment end as segment,
        case when not is_test then country end as country,
        {{ text }} as referred_by,
        coalesce(email_kind, work_email_kind) as email_kind,
        {{ text }} as lead_status,
        {{ text }} as disqualification_reason,
        {{ moment }} as mql_at,
        {{ moment }} as mql_until,
        {{ moment }} as sql_at,
        {{ moment }} as sql_until,
        {{ moment }} as customer_at,
        {{ moment }} as customer_until,
        cast(null as boolean) as is_qualified,
        cast(null as boolean) as is_customer,
        cast(null as decimal(18, 6)) as value,
        {{ text }} as currency
    from answered

)

select * from final
