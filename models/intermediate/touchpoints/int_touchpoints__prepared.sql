{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='touchpoint_key',
    pre_hook="{{ delete_vanished_touchpoints('int_touchpoints__gathered') }}"
) }}

{%- set deciding = ['listed_clicks.fingerprint', 'known_clicks.click_id_type',
    'known_clicks.other_click_id_type'] %}
{%- for column in [
    'source_system', 'touchpoint_id', 'occurred_at', 'occurred_until', 'line_number', 'touch_type',
    'lead_id', 'visitor_id', 'user_id', 'email_hash', 'click_id', 'click_id_type', 'utm_source',
    'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'referrer', 'landing_page',
    'stated_lead_source', 'stated_lead_channel', 'campaign_platform', 'campaign_id',
    'campaign_name', 'keyword', 'content', 'cost', 'currency',
] %}
    {%- do deciding.append('touchpoints.' ~ column) %}
{%- endfor %}
{%- for column in [
    'utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content', 'click_id',
    'click_id_type', 'campaign_id', 'campaign_platform', 'trace', 'landing_parameter',
] %}
    {%- do deciding.append('pages.' ~ column) %}
{%- endfor %}

-- Parameters that a source did not take apart are read from the landing page; a template or "null"
-- in a column says nothing. A click id leads to the campaign that the platform recorded for it.
-- Touches are kept from run to run. The fingerprint is a number over what decides one: what its
-- source and its page say, and what others say of its click id. What differs is prepared again.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__gathered') }}

),

pages as (

    select * from {{ ref('int_pages__read') }}

),

referrers as (

    select * from {{ ref('int_referrers__located') }}

),

click_id_types as (

    select * from {{ ref('click_id_types') }}

),

listed_clicks as (

    select
        click_id,
        min(click_id_type) as click_id_type,
        min(platform) as platform,
        min(campaign_id) as campaign_id,
        min(keyword) as keyword,
        count(distinct campaign_id) as campaigns,
        {{ rows_fingerprint(row_fingerprint([
            'platform', 'account_id', 'click_id_type', 'date_day', 'campaign_id', 'keyword',
        ])) }} as fingerprint
    from {{ ref('int_ad_clicks__unioned') }}
    group by click_id

),

ad_clicks as (

    select * from listed_clicks
    where campaigns <= 1

),

untyped_clicks as (

    select click_id
    from touchpoints
    where trim(click_id) <> '' and nullif(trim(click_id_type), '') is null
    group by click_id

),

click_patterns as (
    {{ split_rows('click_id_types', 'value_pattern', '|', keep=['click_id_type']) }}
),

recognised_clicks as (

    select
        untyped_clicks.click_id,
        min(click_patterns.click_id_type) as click_id_type
    from untyped_clicks
    inner join click_patterns
        on untyped_clicks.click_id like replace(click_patterns.element, '*', '%')
    group by untyped_clicks.click_id

),

-- What one touch calls a click id, it is on all: a form repeats the id without its kind.
named_clicks as (

    select
        untyped_clicks.click_id,
        coalesce(
            lower(nullif(trim(touchpoints.click_id_type), '')), pages.click_id_type
        ) as click_id_type
    from touchpoints
    left join pages on touchpoints.landing_page = pages.landing_page
    inner join untyped_clicks
        on
            coalesce(nullif(trim(touchpoints.click_id), ''), pages.click_id)
            = untyped_clicks.click_id

),

known_clicks as (

    select
        click_id,
        min(click_id_type) as click_id_type,
        max(click_id_type) as other_click_id_type
    from named_clicks
    group by click_id

),

decided as (

    select
        touchpoints.*,
        {{ row_fingerprint(deciding) }} as fingerprint
    from touchpoints
    left join pages on touchpoints.landing_page = pages.landing_page
    left join listed_clicks
        on
            coalesce({{ something_or_null('trim(touchpoints.click_id)') }}, pages.click_id)
            = listed_clicks.click_id
    left join known_clicks
        on
            coalesce({{ something_or_null('trim(touchpoints.click_id)') }}, pages.click_id)
            = known_clicks.click_id

),

changed as (

    select decided.*
    from decided
    {% if is_incremental() %}
        left join {{ this }} as kept
            on
                decided.source_system = kept.source_system
                and decided.touchpoint_id = kept.touchpoint_id
                and decided.fingerprint = kept.fingerprint
        where kept.fingerprint is null
    {% endif %}

),

parsed as (

    select
        changed.source_system,
        changed.touchpoint_id,
        changed.occurred_at,
        changed.occurred_until,
        case
            when {{ regex_match('changed.touchpoint_id', "'^[0-9]{1,18}$'") }}
                then cast(changed.touchpoint_id as bigint)
        end as numeric_id,
        changed.line_number,
        coalesce({{ normalized_code('changed.touch_type') }}, 'visit') as touch_type,
        {{ something_or_null('trim(changed.lead_id)') }} as lead_id,
        {{ identifier_or_null('changed.visitor_id') }} as visitor_id,
        {{ identifier_or_null('changed.user_id') }} as user_id,
        nullif(trim(changed.email_hash), '') as email_hash,
        coalesce(
            {{ something_or_null('trim(changed.click_id)') }}, pages.click_id
        ) as click_id,
        case
            when
                nullif(trim(changed.click_id), '') is null
                or {{ says_something('changed.click_id') }}
                then lower(nullif(trim(changed.click_id_type), ''))
        end as stated_click_id_type,
        recognised_clicks.click_id_type as recognised_click_id_type,
        pages.click_id_type as page_click_id_type,
        {% for tag in ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] %}
            {{ tag_or_parameter('changed.' ~ tag, 'pages.' ~ tag) }} as {{ tag }},
        {% endfor %}
        pages.campaign_id as page_campaign_id,
        pages.campaign_platform as page_campaign_platform,
        pages.trace,
        pages.landing_parameter,
        changed.referrer,
        referrers.referrer_host,
        referrers.referrer_location,
        changed.landing_page,
        {{ normalized_code('changed.stated_lead_source') }} as stated_lead_source,
        {{ normalized_code('changed.stated_lead_channel') }} as stated_lead_channel,
        nullif(trim(changed.campaign_platform), '') as campaign_platform,
        nullif(trim(changed.campaign_id), '') as campaign_id,
        nullif(trim(changed.campaign_name), '') as campaign_name,
        changed.keyword,
        changed.content,
        changed.cost,
        changed.currency,
        changed.fingerprint
    from changed
    left join recognised_clicks on changed.click_id = recognised_clicks.click_id
    left join pages on changed.landing_page = pages.landing_page
    left join referrers on changed.referrer = referrers.referrer

),

clicked as (

    select
        parsed.*,
        coalesce(
            ad_clicks.click_id_type,
            parsed.stated_click_id_type,
            parsed.recognised_click_id_type,
            parsed.page_click_id_type,
            known_clicks.click_id_type
        ) as click_id_type,
        coalesce(
            ad_clicks.platform,
            parsed.campaign_platform,
            case when parsed.campaign_id is null then parsed.page_campaign_platform end
        ) as known_platform,
        coalesce(ad_clicks.campaign_id, parsed.campaign_id, parsed.page_campaign_id)
            as known_campaign_id,
        coalesce(
            parsed.keyword,
            ad_clicks.keyword,
            {{ something_or_null('parsed.utm_term') }}
        ) as known_keyword
    from parsed
    left join ad_clicks on parsed.click_id = ad_clicks.click_id
    left join known_clicks
        on
            parsed.click_id = known_clicks.click_id
            and known_clicks.click_id_type = known_clicks.other_click_id_type

),

final as (

    select
        {{ surrogate_key(['clicked.source_system', 'clicked.touchpoint_id']) }} as touchpoint_key,
        clicked.source_system,
        clicked.touchpoint_id,
        clicked.occurred_at,
        clicked.occurred_until,
        clicked.numeric_id,
        clicked.line_number,
        clicked.touch_type,
        clicked.lead_id,
        clicked.visitor_id,
        clicked.user_id,
        clicked.email_hash,
        clicked.click_id,
        clicked.click_id_type,
        clicked.utm_source,
        clicked.utm_medium,
        clicked.utm_campaign,
        clicked.utm_term,
        clicked.utm_content,
        clicked.referrer,
        clicked.referrer_host,
        clicked.referrer_location,
        clicked.landing_page,
        clicked.trace,
        clicked.landing_parameter,
        clicked.stated_lead_source,
        clicked.stated_lead_channel,
        clicked.known_platform as campaign_platform,
        clicked.known_campaign_id as campaign_id,
        coalesce(clicked.campaign_name, clicked.utm_campaign) as campaign_name,
        {{ cut('clicked.known_keyword') }} as keyword,
        {{ cut('clicked.content') }} as content,
        clicked.cost,
        clicked.currency,
        clicked.fingerprint
    from clicked

)

select * from final
