{{ config(enabled=delivered('leads', by='inbox')) }}

with

slices as (

    select
        slice_id,
        keeps_first
    from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

leads as (

    select * from {{ source('inbox', 'leads') }}

),

-- Exports overlap: of two lines about one lead, the newer file's, then the later line, counts, or
-- the one of the earliest moment where the configuration keeps the first.
versions as (

    select
        leads.*,
        company.reporting_timezone,
        row_number() over (
            partition by leads.lead_id
            order by
                case when slices.keeps_first then leads.created_at end,
                case when slices.keeps_first then leads._sequence end,
                case when slices.keeps_first then leads._row_number end,
                leads._sequence desc,
                leads._row_number desc
        ) as version
    from leads
    cross join company
    inner join slices on leads._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        lead_id,
        {{ known_from('created_at', 'reporting_timezone') }} as created_at,
        {{ known_until('created_at', 'reporting_timezone') }} as created_until,
        email_hash,
        phone_hash,
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        account_id,
        account_name,
        lead_source as crm_lead_source,
        lead_channel as crm_lead_channel,
        self_reported_source,
        campaign,
        landing_page,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        click_id,
        segment,
        country,
        referred_by,
        email_kind,
        lead_status,
        disqualification_reason,
        {{ known_from('mql_at', 'reporting_timezone') }} as mql_at,
        {{ known_until('mql_at', 'reporting_timezone') }} as mql_until,
        {{ known_from('sql_at', 'reporting_timezone') }} as sql_at,
        {{ known_until('sql_at', 'reporting_timezone') }} as sql_until,
        {{ known_from('customer_at', 'reporting_timezone') }} as customer_at,
        {{ known_until('customer_at', 'reporting_timezone') }} as customer_until,
        is_qualified,
        is_customer,
        value,
        currency
    from versions
    where version = 1

)

select * from final
