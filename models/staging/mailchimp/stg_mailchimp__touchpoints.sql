{{ config(enabled=delivered(by='mailchimp')) }}

with

actions as (
    select * from {{ ref('stg_mailchimp__actions') }}
),

mailings as (
    select * from {{ ref('stg_mailchimp__mailings') }}
),

touches as (

    select
        actions.action_id,
        actions.occurred_at,
        case actions.engagement_type when 'click' then 'email_click' else 'email_open' end
            as touch_type,
        actions.email_hash,
        actions.campaign_id,
        mailings.mailing_name as campaign_name,
        mailings.mailing_type as campaign_type,
        actions.url,
        {{ url_parameter('actions.url', 'utm_source') }} as utm_source,
        {{ url_parameter('actions.url', 'utm_medium') }} as utm_medium,
        {{ url_parameter('actions.url', 'utm_campaign') }} as utm_campaign,
        {{ url_parameter('actions.url', 'utm_term') }} as utm_term,
        {{ url_parameter('actions.url', 'utm_content') }} as utm_content
    from actions
    left join mailings on actions.campaign_id = mailings.campaign_id
    where actions.engagement_type in ('click', 'open')

),

final as (

    select
        'mailchimp' as source_system,
        action_id as touchpoint_id,
        occurred_at,
        occurred_at as occurred_until,
        cast(null as bigint) as line_number,
        touch_type,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as user_id,
        email_hash,
        cast(null as {{ dbt.type_string() }}) as click_id,
        cast(null as {{ dbt.type_string() }}) as click_id_type,
        utm_source,
        -- A link without parameters still shows a nurture series by its kind of mailing.
        coalesce(
            utm_medium,
            case campaign_type when 'automation' then 'automation' end
        ) as utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        cast(null as {{ dbt.type_string() }}) as referrer,
        url as landing_page,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,
        'mailchimp' as campaign_platform,
        campaign_id,
        campaign_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as content,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from touches

)

select * from final
