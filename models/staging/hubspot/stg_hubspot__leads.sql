{{ config(enabled=delivered(by='hubspot')) }}

with

contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
    where not is_merged and not is_deleted
),

companies as (
    {{ newest_versions(source('hubspot', 'companies'), ['company_id']) }}
),

contact_companies as (
    {{ newest_versions(source('hubspot', 'contact_companies'), ['contact_id']) }}
),

chosen_companies as (
    {{ first_associated('contact_companies', 'contact_id') }}
),

original_sources as (
    select * from {{ ref('hubspot_original_sources') }}
),

placed as (

    select
        contacts.*,
        -- The property holds the primary company; where an account does not fill it, an
        -- association does.
        coalesce(contacts.company_id, chosen_companies.associated_id) as account_id
    from contacts
    left join chosen_companies on contacts.contact_id = chosen_companies.contact_id

),

final as (

    select
        'hubspot' as source_system,
        placed.contact_id as lead_id,
        placed.created_at,
        placed.created_until,
        placed.email_hash,
        placed.phone_hash,
        placed.visitor_id,
        placed.user_id,
        placed.account_id,
        companies.name as account_name,
        coalesce(placed.lead_source, original_sources.lead_source) as crm_lead_source,
        placed.lead_channel as crm_lead_channel,
        placed.self_reported_source,
        cast(null as {{ dbt.type_string() }}) as campaign,
        -- Parameters of the first page belong to the first visit, not to the lead's creation.
        nullif(
            {{ regex_extract('placed.first_url', "'^[^?#]*'", 0) }}, ''
        ) as landing_page,
        cast(null as {{ dbt.type_string() }}) as referrer,
        placed.utm_source,
        placed.utm_medium,
        placed.utm_campaign,
        placed.utm_term,
        placed.utm_content,
        placed.click_id,
        placed.segment,
        placed.country,
        placed.referred_by,
        placed.email_kind,
        placed.lead_status,
        placed.disqualification_reason,
        placed.mql_at,
        placed.mql_until,
        placed.sql_at,
        placed.sql_until,
        placed.customer_at,
        placed.customer_until,
        cast(null as boolean) as is_qualified,
        placed.lifecycle_stage in ('customer', 'evangelist') as is_customer,
        cast(null as decimal(18, 6)) as value,
        cast(null as {{ dbt.type_string() }}) as currency
    from placed
    left join companies on placed.account_id = companies.company_id
    left join original_sources on placed.original_source = original_sources.original_source

)

select * from final
