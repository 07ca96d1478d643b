{{ config(enabled=delivered(by='meta_leads')) }}

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
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        cast(null as {{ dbt.type_string() }}) as account_id,
        case when not is_test then company_name end as account_name,
        cast(null as {{ dbt.type_string() }}) as crm_lead_source,
        cast(null as {{ dbt.type_string() }}) as crm_lead_channel,
        case when not is_test then how_did_you_hear_about_us end as self_reported_source,
        cast(null as {{ dbt.type_string() }}) as campaign,
        cast(null as {{ dbt.type_string() }}) as landing_page,
        cast(null as {{ dbt.type_string() }}) as referrer,
        cast(null as {{ dbt.type_string() }}) as utm_source,
        cast(null as {{ dbt.type_string() }}) as utm_medium,
        cast(null as {{ dbt.type_string() }}) as utm_campaign,
        cast(null as {{ dbt.type_string() }}) as utm_term,
        cast(null as {{ dbt.type_string() }}) as utm_content,
        cast(null as {{ dbt.type_string() }}) as click_id,
        case when not is_test then segment end as segment,
        case when not is_test then country end as country,
        cast(null as {{ dbt.type_string() }}) as referred_by,
        coalesce(email_kind, work_email_kind) as email_kind,
        cast(null as {{ dbt.type_string() }}) as lead_status,
        cast(null as {{ dbt.type_string() }}) as disqualification_reason,
        cast(null as timestamp) as mql_at,
        cast(null as timestamp) as mql_until,
        cast(null as timestamp) as sql_at,
        cast(null as timestamp) as sql_until,
        cast(null as timestamp) as customer_at,
        cast(null as timestamp) as customer_until,
        cast(null as boolean) as is_qualified,
        cast(null as boolean) as is_customer,
        cast(null as decimal(18, 6)) as value,
        cast(null as {{ dbt.type_string() }}) as currency
    from answered

)

select * from final
