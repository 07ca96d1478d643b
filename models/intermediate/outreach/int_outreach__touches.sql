{{ config(materialized='view', enabled=delivered('outreach')) }}

with

outreach as (

    select * from {{ ref('int_outreach__identified') }}
    where is_response and coalesce(lead_id, email_hash) is not null

),

final as (

    select
        source_system,
        'outreach:' || outreach_id as touchpoint_id,
        coalesce(responded_at, contacted_at) as occurred_at,
        case when responded_at is null then contacted_until else responded_until end
            as occurred_until,
        cast(null as bigint) as line_number,
        touch_type,
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
        lead_source as stated_lead_source,
        lead_channel as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign_platform,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        campaign as campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        wave as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from outreach

)

select * from final
