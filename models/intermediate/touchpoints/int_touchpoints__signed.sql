-- The evidence of a touch, reduced to what rules look at. Touches outnumber signatures by far.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__matched') }}

),

locations as (

    select * from {{ ref('int_locations__categorized') }}

),

search_terms as (

    select * from {{ ref('int_search_terms__extracted') }}

),

evidence as (

    select
        touchpoints.touchpoint_key,
        touchpoints.touch_type,
        touchpoints.click_id_type,
        coalesce(
            lower(touchpoints.campaign_platform), campaigns.platform
        ) as platform,
        {{ normalized_code('campaigns.campaign_type') }} as campaign_type,
        lower(trim(touchpoints.utm_source)) as ga4_source,
        lower(trim(touchpoints.utm_medium)) as ga4_medium,
        lower(trim(touchpoints.utm_campaign)) as utm_campaign,
        sources.category as source_category,
        sources.ga4_category as ga4_source_category,
        -- A portal is a search engine only where it says what was searched for. An address of
        -- digits names a machine, not a site.
        case
            when referrers.category in ('own', 'payment_sso') then null
            when referrers.category = 'portal' and search_terms.keyword is not null then 'search'
            when referrers.category = 'portal' then 'other'
            when referrers.category is not null then referrers.category
            when {{ regex_match('touchpoints.referrer_host', "'^[0-9.]+$'") }} then null
            when touchpoints.referrer_host like '%.%' then 'other'
        end as referrer_category
    from touchpoints
    left join campaigns
        on
            touchpoints.source_system = campaigns.source_system
            and touchpoints.touchpoint_id = campaigns.touchpoint_id
    left join locations as sources on lower(trim(touchpoints.utm_source)) = sources.location
    left join locations as referrers on touchpoints.referrer_location = referrers.location
    left join search_terms on touchpoints.referrer = search_terms.referrer

),

final as (

    select
        touchpoint_key,
        {{ surrogate_key([
            'touch_type', 'click_id_type', 'platform', 'campaign_type', 'ga4_source', 'ga4_medium',
            'utm_campaign', 'referrer_category',
        ]) }} as signature_key,
        touch_type,
        click_id_type,
        platform,
        campaign_type,
        ga4_source,
        ga4_medium,
        utm_campaign,
        source_category,
        ga4_source_category,
        referrer_category
    from evidence

)

select * from final
