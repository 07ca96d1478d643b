{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_stale_references() }}"
) }}

-- What touches and costs say about a campaign, brought to one shape. Many touches say the same, so
-- it is matched once per signature and joined back. References of touches are kept from run to run
-- (macros in kept.sql).
with

present as (

    {{ reference_fingerprints() | indent(4) }}

),

touchpoints as (

    select
        prepared.*,
        present.fingerprint as reference_fingerprint
    from {{ ref('int_touchpoints__prepared') }} as prepared
    inner join present
        on
            prepared.source_system = present.source_system
            and prepared.touchpoint_id = present.touchpoint_id
    {% if is_incremental() %}
        left join {{ this }} as kept
            on
                present.source_system = kept.source_system
                and present.touchpoint_id = kept.reference_id
                and present.fingerprint = kept.fingerprint
        where kept.fingerprint is null
    {% endif %}

),

clicked as (

    select
        click_id,
        min(platform) as platform,
        max(platform) as last_platform,
        min(account_id) as account_id,
        max(account_id) as last_account_id,
        min(campaign_id) as campaign_id,
        max(campaign_id) as last_campaign_id
    from {{ ref('int_ad_clicks__unioned') }}
    where campaign_id is not null
    group by click_id

),

ad_clicks as (

    select
        click_id,
        platform,
        account_id,
        campaign_id
    from clicked
    where
        platform = last_platform
        and account_id = last_account_id
        and campaign_id = last_campaign_id

),

click_id_types as (

    select * from {{ ref('click_id_types') }}

),

networks as (

    select * from {{ ref('int_ad_networks__named') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

costs as (

    select * from {{ ref('int_costs__gathered') }}

),

stated as (

    select
        touchpoints.source_system,
        touchpoints.touchpoint_id as reference_id,
        touchpoints.occurred_at,
        ad_clicks.platform as clicked_platform,
        ad_clicks.account_id as clicked_account_id,
        ad_clicks.campaign_id as clicked_campaign_id,
        {{ normalized_code('touchpoints.campaign_platform') }} as platform,
        nullif(trim(touchpoints.campaign_id), '') as campaign_id,
        nullif(trim(touchpoints.campaign_name), '') as campaign_name,
        nullif(trim(touchpoints.utm_campaign), '') as utm_campaign,
        case
            when
                touchpoints.touch_type in ('email_click', 'email_open')
                or lower(touchpoints.utm_medium) like '%mail%'
                or lower(touchpoints.utm_medium) in ('newsletter', 'nurture', 'automation')
                then 'email'
            when
                touchpoints.touch_type in ('ad_click', 'ad_view')
                or lower(touchpoints.utm_medium) like 'paid%'
                or lower(touchpoints.utm_medium) in ('cpc', 'ppc', 'cpm', 'display', 'banner')
                then 'ad'
            else 'any'
        end as medium,
        coalesce(clicked_networks.network, source_networks.network) as implied_network,
        touchpoints.reference_fingerprint as fingerprint
    from touchpoints
    left join ad_clicks on touchpoints.click_id = ad_clicks.click_id
    left join click_id_types on touchpoints.click_id_type = click_id_types.click_id_type
    left join networks as clicked_networks on click_id_types.platform = clicked_networks.code
    left join networks as source_networks
        on {{ normalized_code('touchpoints.utm_source') }} = source_networks.code
    where
        touchpoints.campaign_id is not null
        or touchpoints.campaign_name is not null
        or touchpoints.utm_campaign is not null
        or ad_clicks.campaign_id is not null

    union all

    select
        costs.source_system,
        costs.cost_id as reference_id,
        {{ calendar_start('costs.date_day', 'company.reporting_timezone') }} as occurred_at,
        cast(null as {{ dbt.type_string() }}) as clicked_platform,
        cast(null as {{ dbt.type_string() }}) as clicked_account_id,
        cast(null as {{ dbt.type_string() }}) as clicked_campaign_id,
        cast(null as {{ dbt.type_string() }}) as platform,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        nullif(trim(costs.campaign), '') as campaign_name,
        cast(null as {{ dbt.type_string() }}) as utm_campaign,
        'any' as medium,
        cast(null as {{ dbt.type_string() }}) as implied_network,
        cast(null as bigint) as fingerprint
    from costs
    cross join company
    where costs.campaign is not null

),

-- (not set) is how analytics tools write "none"; {campaignid} is a template never filled in.
cleaned as (

    select
        source_system,
        reference_id,
        occurred_at,
        clicked_platform,
        clicked_account_id,
        clicked_campaign_id,
        platform,
        case
            when {{ names_a_campaign('campaign_id') }} then campaign_id
        end as campaign_id,
        case
            when {{ names_a_campaign('campaign_name') }} then campaign_name
        end as campaign_name,
        case
            when {{ names_a_campaign('utm_campaign') }} then utm_campaign
        end as utm_campaign,
        medium,
        -- A newsletter about Google is not a campaign of Google's.
        case when platform is null and medium <> 'email' then implied_network end as network,
        fingerprint
    from stated

),

final as (

    select
        source_system,
        reference_id,
        occurred_at,
        {{ surrogate_key([
            'clicked_platform', 'clicked_account_id', 'clicked_campaign_id',
            'platform', 'campaign_id', 'campaign_name', 'utm_campaign', 'medium',
            'network',
        ]) }} as signature_key,
        clicked_platform,
        clicked_account_id,
        clicked_campaign_id,
        platform,
        campaign_id,
        campaign_name,
        utm_campaign,
        medium,
        network,
        fingerprint
    from cleaned
    where coalesce(clicked_campaign_id, campaign_id, campaign_name, utm_campaign) is not null

)

select * from final
