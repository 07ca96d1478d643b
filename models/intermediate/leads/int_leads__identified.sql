with

leads as (

    select
        *,
        {{ account_ref('account_id', 'account_name') }} as account_ref
    from {{ ref('int_leads__unioned') }}

),

people as (

    select * from {{ ref('int_identity__people') }}

),

accounts as (

    select * from {{ ref('int_accounts__resolved') }}

),

final as (

    select
        {{ surrogate_key(['leads.source_system', 'leads.lead_id']) }} as lead_key,
        leads.source_system,
        leads.lead_id,
        coalesce(
            people.person_key,
            {{ surrogate_key(["'lead:' || leads.source_system || ':' || leads.lead_id"]) }}
        ) as person_key,
        coalesce(accounts.account_key, 'unknown') as account_key,
        leads.created_at,
        leads.created_until,
        {{ normalized_code('leads.crm_lead_source') }} as crm_lead_source,
        {{ normalized_code('leads.crm_lead_channel') }} as crm_lead_channel,
        {{ normalized_code('leads.self_reported_source') }} as self_reported_source,
        nullif(trim(leads.segment), '') as segment,
        nullif(trim(leads.country), '') as country,
        leads.referred_by,
        leads.email_kind,
        leads.lead_status,
        leads.disqualification_reason,
        leads.landing_page,
        leads.mql_at,
        leads.mql_until,
        leads.sql_at,
        leads.sql_until,
        leads.customer_at,
        leads.customer_until,
        leads.is_qualified,
        leads.is_customer,
        leads.value as value_native,
        upper(trim(leads.currency)) as currency
    from leads
    left join people
        on 'lead:' || leads.source_system || ':' || leads.lead_id = people.node
    left join accounts
        on
            leads.source_system = accounts.source_system
            and leads.account_ref = accounts.account_ref

)

select * from final
