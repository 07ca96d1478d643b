{{ config(enabled=delivered(by='salesforce')) }}

-- Leads and contacts alike: a lead that is converted goes on as its contact.
{%- set alike = [
    'email_hash', 'email_kind', 'phone_hash', 'mobile_phone_hash', 'country', 'gclid',
    'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'landing_page',
    'lead_channel', 'how_did_you_hear_about_us', 'disqualification_reason', 'segment', 'created_at',
    'is_gone', '_extracted_at', '_sequence',
] %}

with

leads as (
    {{ salesforce_records('leads', 'lead_ids', 'lead_id') }}
),

contacts as (
    {{ salesforce_records('contacts', 'contact_ids', 'contact_id') }}
),

lead_sources as (
    select * from {{ ref('salesforce_lead_sources') }}
),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

final as (

    select
        {{ salesforce_id('leads.lead_id') }} as record_id,
        'lead' as record_type,
        {{ salesforce_id('leads.merged_into') }} as merged_into,
        {{ salesforce_id('leads.converted_contact_id') }} as contact_id,
        {{ salesforce_id('leads.converted_account_id') }} as account_id,
        {{ salesforce_id('leads.converted_opportunity_id') }} as opportunity_id,
        leads.company as company_name,
        leads.status as lead_status,
        {{ known_from('leads.converted_at', 'company.reporting_timezone') }} as converted_at,
        {{ known_until('leads.converted_at', 'company.reporting_timezone') }} as converted_until,
        {% for column in alike %}
            leads.{{ column }},
        {% endfor %}
        case
            when lead_sources.salesforce_value is null then leads.lead_source
            else lead_sources.lead_source
        end as lead_source
    from leads
    cross join company
    left join lead_sources
        on {{ bare_word('leads.lead_source') }} = lead_sources.salesforce_value

    union all

    select
        {{ salesforce_id('contacts.contact_id') }} as record_id,
        'contact' as record_type,
        {{ salesforce_id('contacts.merged_into') }} as merged_into,
        cast(null as {{ dbt.type_string() }}) as contact_id,
        {{ salesforce_id('contacts.account_id') }} as account_id,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        cast(null as {{ dbt.type_string() }}) as company_name,
        cast(null as {{ dbt.type_string() }}) as lead_status,
        cast(null as timestamp) as converted_at,
        cast(null as timestamp) as converted_until,
        {% for column in alike %}
            contacts.{{ column }},
        {% endfor %}
        case
            when lead_sources.salesforce_value is null then contacts.lead_source
            else lead_sources.lead_source
        end as lead_source
    from contacts
    left join lead_sources
        on {{ bare_word('contacts.lead_source') }} = lead_sources.salesforce_value

)

select * from final
