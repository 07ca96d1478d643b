{{ config(enabled=delivered('ad_spend')) }}

-- Which ad a touch came from: the platform's own log of clicks says it, or utm_content names one of
-- the campaign's ads. Hits that are one touch are asked together.
with

touchpoints as (

    select
        touchpoints.counting_touchpoint_key as touchpoint_key,
        prepared.click_id,
        nullif(trim(prepared.utm_content), '') as content,
        campaigns.campaign_durable_key
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('int_touchpoints__prepared') }} as prepared
        on touchpoints.touchpoint_key = prepared.touchpoint_key
    inner join {{ ref('dim_campaigns') }} as campaigns
        on touchpoints.campaign_key = campaigns.campaign_key
    where prepared.click_id is not null or nullif(trim(prepared.utm_content), '') is not null

),

ads as (

    select
        ads.ad_key,
        ads.platform,
        ads.account_id,
        ads.ad_group_id,
        ads.ad_id,
        ads.ad_name,
        campaigns.campaign_durable_key
    from {{ ref('dim_ads') }} as ads
    inner join {{ ref('dim_campaigns') }} as campaigns
        on ads.campaign_key = campaigns.campaign_key
    where ads.ad_key <> 'unknown'

),

clicked as (

    select
        clicks.click_id,
        min(ads.ad_key) as ad_key,
        max(ads.ad_key) as last_ad_key
    from {{ ref('int_ad_clicks__unioned') }} as clicks
    inner join ads
        on
            clicks.platform = ads.platform
            and clicks.account_id = ads.account_id
            and clicks.ad_id = ads.ad_id
            and coalesce(clicks.ad_group_id, ads.ad_group_id) = ads.ad_group_id
    group by clicks.click_id

),

names as (

    select
        campaign_durable_key,
        {{ campaign_alias('ad_id') }} as content,
        ad_key
    from ads
    where ad_id is not null
    union distinct
    select
        campaign_durable_key,
        {{ campaign_alias('ad_name') }} as content,
        ad_key
    from ads

),

named as (

    select
        campaign_durable_key,
        content,
        min(ad_key) as ad_key,
        max(ad_key) as last_ad_key
    from names
    group by campaign_durable_key, content

),

matched as (

    select
        touchpoints.touchpoint_key,
        coalesce(clicked.ad_key, named.ad_key) as ad_key
    from touchpoints
    left join clicked
        on touchpoints.click_id = clicked.click_id and clicked.ad_key = clicked.last_ad_key
    left join named
        on
            touchpoints.campaign_durable_key = named.campaign_durable_key
            and {{ campaign_alias('touchpoints.content') }} = named.content
            and named.ad_key = named.last_ad_key
    where coalesce(clicked.ad_key, named.ad_key) is not null

),

shown as (

    select
        touchpoint_key,
        min(ad_key) as ad_key,
        max(ad_key) as last_ad_key
    from matched
    group by touchpoint_key

),

final as (

    select
        touchpoint_key,
        ad_key
    from shown
    where ad_key = last_ad_key

)

select * from final
