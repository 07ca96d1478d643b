{{ config(materialized='view') }}

-- Beside the touches that sources deliver there are two kinds that leads imply: a form, where the
-- lead's own record carries the evidence of how it came, and a crm_record, where it states a
-- source, channel or campaign. Whether a crm_record counts, fct_touchpoints says. Who came to an
-- event, answered a letter or a call, or was referred, was touched by it.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__unioned') }}

),

pages as (

    select landing_page from {{ ref('int_pages__read') }}

),

-- Each code is made once: normalising takes most of what gathering a lead takes.
coded as (

    select
        *,
        {{ normalized_code('crm_lead_source') }} as crm_source,
        {{ normalized_code('self_reported_source') }} as told_source,
        {{ normalized_code('crm_lead_channel') }} as stated_channel
    from {{ ref('int_leads__unioned') }}

),

leads as (

    select
        coded.*,
        coalesce(
            case when coded.crm_source not in ('unknown', 'direct') then coded.crm_source end,
            nullif(coded.told_source, 'unknown'),
            nullif(coded.crm_source, 'unknown'),
            coded.told_source,
            coded.crm_source
        ) as stated_source,
        coalesce(
            nullif(trim(coded.utm_source), ''),
            nullif(trim(coded.utm_medium), ''),
            nullif(trim(coded.utm_campaign), ''),
            nullif(trim(coded.utm_term), ''),
            nullif(trim(coded.utm_content), ''),
            nullif(trim(coded.click_id), ''),
            nullif(trim(coded.referrer), ''),
            pages.landing_page
        ) is not null as has_evidence
    from coded
    left join pages on coded.landing_page = pages.landing_page

),

lead_forms as (

    select
        source_system,
        'lead:' || lead_id as touchpoint_id,
        created_at as occurred_at,
        created_until as occurred_until,
        cast(null as bigint) as line_number,
        'form' as touch_type,
        lead_id,
        visitor_id,
        user_id,
        email_hash,
        click_id,
        cast(null as {{ dbt.type_string() }}) as click_id_type,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        referrer,
        landing_page,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        campaign as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from leads
    where has_evidence

),

crm_records as (

    select
        source_system,
        'crm:' || lead_id as touchpoint_id,
        created_at as occurred_at,
        created_until as occurred_until,
        cast(null as bigint) as line_number,
        'crm_record' as touch_type,
        lead_id,
        visitor_id,
        user_id,
        email_hash,
        cast(null as {{ dbt.type_string() }}) as click_id,
        cast(null as {{ dbt.type_string() }}) as click_id_type,
        cast(null as {{ dbt.type_string() }}) as utm_source,
        cast(null as {{ dbt.type_string() }}) as utm_medium,
        cast(null as {{ dbt.type_string() }}) as utm_campaign,
        cast(null as {{ dbt.type_string() }}) as utm_term,
        cast(null as {{ dbt.type_string() }}) as utm_content,
        cast(null as {{ dbt.type_string() }}) as referrer,
        cast(null as {{ dbt.type_string() }}) as landing_page,
        stated_source as stated_lead_source,
        stated_channel as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        campaign as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from leads
    where
        stated_source is not null
        or stated_channel is not null
        or {{ names_a_campaign('campaign') }}

),

final as (

    select * from touchpoints
    union all
    select * from lead_forms
    union all
    select * from crm_records
    {% if delivered('event_attendance') %}
        union all
        select * from {{ ref('int_event_attendance__touches') }}
    {% endif %}
    {% if delivered('outreach') %}
        union all
        select * from {{ ref('int_outreach__touches') }}
    {% endif %}
    {% if delivered('referrals') %}
        union all
        select * from {{ ref('int_referrals__touches') }}
    {% endif %}

)

select * from final
