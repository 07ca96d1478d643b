{{ config(enabled=delivered('social_posts') or delivered('social_post_days')) }}

-- Touches of a post: those whose utm_content is its id, or whose campaign is its own. An ad of that
-- campaign is no unpaid post.
with

posts as (

    select
        posts.post_key,
        posts.post_id,
        posts.is_paid,
        posts.has_own_campaign,
        campaigns.campaign_durable_key
    from {{ ref('fct_social_posts') }} as posts
    inner join {{ ref('dim_campaigns') }} as campaigns
        on posts.campaign_key = campaigns.campaign_key

),

touches as (

    select
        touchpoints.touchpoint_key,
        touchpoints.person_key,
        touchpoints.occurred_on,
        of_networks.is_paid,
        lower(of_networks.content) as content,
        campaigns.campaign_durable_key
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('int_touchpoints__of_networks') }} as of_networks
        on touchpoints.touchpoint_key = of_networks.touchpoint_key
    inner join {{ ref('dim_campaigns') }} as campaigns
        on touchpoints.campaign_key = campaigns.campaign_key

),

named as (

    select
        lower(post_id) as content,
        min(post_key) as post_key
    from posts
    group by lower(post_id)
    having count(*) = 1

),

final as (

    select
        coalesce(named.post_key, own.post_key) as post_key,
        touches.touchpoint_key,
        touches.person_key,
        touches.occurred_on
    from touches
    left join named on touches.content = named.content
    left join posts as own
        on
            touches.campaign_durable_key = own.campaign_durable_key
            and touches.is_paid = own.is_paid
            and own.has_own_campaign
    where coalesce(named.post_key, own.post_key) is not null

)

select * from final
