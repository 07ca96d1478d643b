{{ config(enabled=delivered(by='salesforce')) }}

-- What was created first tells how somebody came, the contact how to reach them today; where one
-- says nothing, the other counts. A conversion is where sales took over.
{%- set told = [
    'lead_source', 'country', 'gclid', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_term',
    'utm_content', 'landing_page', 'lead_channel', 'how_did_you_hear_about_us',
    'disqualification_reason', 'segment',
] %}

with

people as (

    select * from {{ ref('stg_salesforce__people') }}
    where is_first_of_type and not is_gone

),

records as (
    select * from {{ ref('stg_salesforce__records') }}
),

leads as (

    select
        records.*,
        people.lead_id
    from people
    inner join records on people.record_id = records.record_id
    where people.record_type = 'lead'

),

contacts as (

    select
        records.*,
        people.lead_id
    from people
    inner join records on people.record_id = records.record_id
    where people.record_type = 'contact'

),

ids as (

    select lead_id
    from people
    group by lead_id

),

accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
),

joined as (

    select
        ids.lead_id,
        case
            when contacts.created_at < leads.created_at then contacts.created_at
            else coalesce(leads.created_at, contacts.created_at)
        end as created_at,
        coalesce(contacts.email_hash, leads.email_hash) as email_hash,
        case
            when contacts.email_hash is not null then contacts.email_kind
            else leads.email_kind
        end as email_kind,
        coalesce(
            contacts.phone_hash, contacts.mobile_phone_hash, leads.phone_hash,
            leads.mobile_phone_hash
        ) as phone_hash,
        coalesce(contacts.account_id, leads.account_id) as account_id,
        leads.company_name,
        leads.lead_status,
        {% for column in told %}
            case
                when contacts.created_at < leads.created_at
                    then coalesce(contacts.{{ column }}, leads.{{ column }})
                else coalesce(leads.{{ column }}, contacts.{{ column }})
            end as {{ column }},
        {% endfor %}
        leads.converted_at,
        leads.converted_until
    from ids
    left join leads on ids.lead_id = leads.lead_id
    left join contacts on ids.lead_id = contacts.lead_id

),

final as (

    select
        'salesforce' as source_system,
        joined.lead_id,
        joined.created_at,
        joined.created_at as created_until,
        joined.email_hash,
        joined.phone_hash,
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        coalesce(accounts.surviving_id, joined.account_id) as account_id,
        case
            when joined.account_id is null then joined.company_name
            else accounts.account_name
        end as account_name,
        joined.lead_source as crm_lead_source,
        joined.lead_channel as crm_lead_channel,
        joined.how_did_you_hear_about_us as self_reported_source,
        cast(null as {{ dbt.type_string() }}) as campaign,
        joined.landing_page,
        cast(null as {{ dbt.type_string() }}) as referrer,
        joined.utm_source,
        joined.utm_medium,
        joined.utm_campaign,
        joined.utm_term,
        joined.utm_content,
        joined.gclid as click_id,
        joined.segment,
        joined.country,
        cast(null as {{ dbt.type_string() }}) as referred_by,
        joined.email_kind,
        joined.lead_status,
        joined.disqualification_reason,
        cast(null as timestamp) as mql_at,
        cast(null as timestamp) as mql_until,
        joined.converted_at as sql_at,
        joined.converted_until as sql_until,
        cast(null as timestamp) as customer_at,
        cast(null as timestamp) as customer_until,
        cast(null as boolean) as is_qualified,
        cast(null as boolean) as is_customer,
        cast(null as decimal(18, 6)) as value,
        cast(null as {{ dbt.type_string() }}) as currency
    from joined
    left join accounts on joined.account_id = accounts.account_id

)

select * from final
