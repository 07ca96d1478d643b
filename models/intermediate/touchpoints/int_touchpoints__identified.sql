with

shown as (

    select
        *,
        'lead:' || source_system || ':' || lead_id as lead_node,
        'email:' || email_hash as email_node,
        'user:' || user_id as user_node,
        'visitor:' || visitor_id as visitor_node,
        'click:' || click_id as click_node
    from {{ ref('int_touchpoints__prepared') }}

),

shared as (

    select node from {{ ref('int_identifiers__judged') }}
    where is_shared
    union all
    select node from {{ ref('int_identity__people') }}
    where is_contested

),

-- What several people share says least about who it was.
touchpoints as (

    select
        shown.*,
        coalesce(
            shown.lead_node,
            case when shared_emails.node is null then shown.email_node end,
            case when shared_users.node is null then shown.user_node end,
            case when shared_visitors.node is null then shown.visitor_node end,
            case when shared_clicks.node is null then shown.click_node end,
            shown.email_node,
            shown.user_node,
            shown.visitor_node,
            shown.click_node
        ) as node
    from shown
    left join shared as shared_emails on shown.email_node = shared_emails.node
    left join shared as shared_users on shown.user_node = shared_users.node
    left join shared as shared_visitors on shown.visitor_node = shared_visitors.node
    left join shared as shared_clicks on shown.click_node = shared_clicks.node

),

people as (

    select * from {{ ref('int_identity__people') }}

),

classified as (

    select * from {{ ref('int_touchpoints__classified') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__matched') }}

),

search_terms as (

    select * from {{ ref('int_search_terms__extracted') }}

),

touch_types as (

    select * from {{ ref('touch_types') }}

),

lookbacks as (

    select * from {{ ref('stg_ops__lookbacks') }}

),

final as (

    select
        touchpoints.touchpoint_key,
        touchpoints.source_system,
        touchpoints.touchpoint_id,
        touchpoints.lead_id,
        case
            when touchpoints.node is null then 'unknown'
            else coalesce(people.person_key, {{ surrogate_key(['touchpoints.node']) }})
        end as person_key,
        {{ identifier_type('touchpoints.node') }} as identified_by,
        touchpoints.occurred_at,
        touchpoints.touch_type,
        classified.lead_source,
        classified.lead_channel,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,
        coalesce(campaigns.match_kind, 'none') as campaign_match,
        touchpoints.landing_page,
        touchpoints.referrer_host,
        coalesce(touchpoints.keyword, search_terms.keyword) as keyword,
        touchpoints.content,
        classified.ga4_channel_group,
        classified.rule_id,
        -- A type that only the data knows is a click like any other.
        case
            when touch_types.touch_type is null
                then coalesce(lookbacks.lookback_days, visits.lookback_days)
            else lookbacks.lookback_days
        end as lookback_days
    from touchpoints
    inner join classified on touchpoints.touchpoint_key = classified.touchpoint_key
    left join people on touchpoints.node = people.node
    left join campaigns
        on
            touchpoints.source_system = campaigns.source_system
            and touchpoints.touchpoint_id = campaigns.touchpoint_id
    left join search_terms on touchpoints.referrer = search_terms.referrer
    left join touch_types on touchpoints.touch_type = touch_types.touch_type
    left join lookbacks on touchpoints.touch_type = lookbacks.touch_type
    left join lookbacks as visits on visits.touch_type = 'visit'

)

select * from final
