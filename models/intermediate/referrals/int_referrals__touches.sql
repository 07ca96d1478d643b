{{ config(materialized='view', enabled=delivered('referrals')) }}

with

referrals as (

    select * from {{ ref('int_referrals__unioned') }}

),

final as (

    select
        source_system,
        'referral:' || referral_id as touchpoint_id,
        referred_at as occurred_at,
        referred_until as occurred_until,
        cast(null as bigint) as line_number,
        'referral' as touch_type,
        lead_id,
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
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
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as content,
        cost,
        currency
    from referrals

)

select * from final
