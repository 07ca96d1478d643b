{{ config(enabled=delivered('social_posts') or delivered('social_post_days')) }}

with

posts as (

    select * from {{ ref('fct_social_posts') }}

),

touches as (

    select * from {{ ref('post_touches') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

-- Whether the model is computed: what nobody computed is not nothing.
linear as (

    select count(*) as models from {{ ref('stg_ops__enabled_models') }}
    where attribution_model = 'linear'

),

originated as (

    select
        touches.post_key,
        count(*) as new_leads
    from leads
    inner join touches on leads.first_touchpoint_key = touches.touchpoint_key
    group by touches.post_key

),

touched as (

    select
        touches.post_key,
        leads.lead_key,
        leads.is_customer,
        {{ local_day('leads.customer_until', 'company.reporting_timezone') }} as customer_day,
        min(touches.occurred_on) as touched_on
    from touches
    cross join company
    inner join leads on touches.person_key = leads.person_key
    where touches.person_key <> 'unknown'
    group by
        touches.post_key,
        leads.lead_key,
        leads.is_customer,
        {{ local_day('leads.customer_until', 'company.reporting_timezone') }}

),

touched_leads as (

    select
        post_key,
        count(*) as touched_leads,
        sum(case when is_customer and customer_day >= touched_on then 1 else 0 end) as customers
    from touched
    group by post_key

),

visits as (

    select
        post_key,
        count(*) as visits
    from touches
    group by post_key

),

credited as (

    select
        touches.post_key,
        sum(credits.credited_value) as revenue
    from {{ ref('fct_attribution_credits') }} as credits
    inner join touches on credits.touchpoint_key = touches.touchpoint_key
    where
        credits.attribution_model = 'linear'
        and credits.conversion_type in ('customer', 'repeat_customer')
    group by touches.post_key

),

final as (

    select
        posts.post_key,
        posts.post_id,
        posts.source_system,
        posts.network,
        posts.is_paid,
        posts.title,
        posts.format,
        posts.topic,
        posts.url,
        posts.posted_at,
        posts.posted_on,
        posts.impressions,
        posts.engagements,
        case
            when posts.engagements <= posts.impressions
                then {{ ratio('posts.engagements', 'posts.impressions') }}
        end as engagement_rate,
        posts.clicks,
        cast(coalesce(visits.visits, 0) as bigint) as visits,
        cast(coalesce(originated.new_leads, 0) as bigint) as new_leads,
        cast(coalesce(touched_leads.touched_leads, 0) as bigint) as touched_leads,
        cast(coalesce(touched_leads.customers, 0) as bigint) as customers,
        cast(
            case when linear.models > 0 then coalesce(credited.revenue, 0) end as decimal(18, 6)
        ) as revenue_credited
    from posts
    cross join linear
    left join visits on posts.post_key = visits.post_key
    left join originated on posts.post_key = originated.post_key
    left join touched_leads on posts.post_key = touched_leads.post_key
    left join credited on posts.post_key = credited.post_key

)

select * from final
