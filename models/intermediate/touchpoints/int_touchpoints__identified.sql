with

touchpoints as (

    select
        *,
        coalesce(
            'lead:' || source_system || ':' || lead_id,
            'email:' || email_hash,
            'user:' || user_id,
            'visitor:' || visitor_id,
            'click:' || click_id
        ) as node
    from {{ ref('int_touchpoints__prepared') }}

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
        touchpoints.occurred_at,
        touchpoints.touch_type,
        classified.lead_source,
        classified.lead_channel,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,
        touchpoints.landing_page,
        touchpoints.referrer_host,
        touchpoints.keyword,
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
    left join touch_types on touchpoints.touch_type = touch_types.touch_type
    left join lookbacks on touchpoints.touch_type = lookbacks.touch_type
    left join lookbacks as visits on visits.touch_type = 'visit'

)

select * from final
