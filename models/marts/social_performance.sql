{{ config(enabled=delivered('touchpoints') or delivered('ad_spend') or delivered('social_posts')
    or delivered('social_post_days')) }}

-- What is unpaid is counted by posts, what is paid by ad platforms; each is summed by itself before
-- they meet. What a post's days do not report counts by its total, in the month it was posted.
with

of_networks as (

    select * from {{ ref('int_touchpoints__of_networks') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

networks as (

    select * from {{ ref('int_social_networks__named') }}

),

{% if delivered('social_posts') or delivered('social_post_days') %}
    posts as (

        select
            posts.*,
            {{ month_of_moment('posts.posted_at', 'company.reporting_timezone') }} as month
        from {{ ref('fct_social_posts') }} as posts
        cross join {{ ref('stg_ops__company') }} as company
        where not posts.is_paid

    ),
{% endif %}

{% if delivered('social_post_days') %}
    -- How many days of a post report a figure.
    daily as (

        select
            post_key,
            count(impressions) as impressions,
            count(engagements) as engagements,
            count(clicks) as clicks
        from {{ ref('fct_social_post_days') }}
        group by post_key

    ),
{% endif %}

outcomes as (

    select
        {{ month_of_day('leads.created_on') }} as month,
        coalesce(of_networks.network, 'unknown') as network,
        coalesce(of_networks.is_paid, lead_sources.is_paid) as is_paid,
        count(*) as leads,
        sum(case when leads.is_customer then 1 else 0 end) as customers,
        sum(coalesce(leads.revenue, 0)) as revenue
    from {{ ref('fct_leads') }} as leads
    inner join lead_sources on leads.lead_source_key = lead_sources.lead_source_key
    left join of_networks on leads.first_touchpoint_key = of_networks.touchpoint_key
    where
        {% if vocabulary() == 'broad' %}
            of_networks.touchpoint_key is not null
        {% else %}
            lead_sources.lead_source = 'paid_social'
            or lead_sources.source_category = 'social media'
        {% endif %}
    group by
        {{ month_of_day('leads.created_on') }},
        coalesce(of_networks.network, 'unknown'),
        coalesce(of_networks.is_paid, lead_sources.is_paid)

),

spending as (

    select
        {{ month_of_day('ad_spend.date_day') }} as month,
        coalesce(networks.ad_network, 'unknown') as network,
        sum(ad_spend.impressions) as impressions,
        sum(ad_spend.clicks) as clicks,
        sum(ad_spend.spend) as spend
    from {{ ref('fct_ad_spend') }} as ad_spend
    inner join lead_sources on ad_spend.lead_source_key = lead_sources.lead_source_key
    left join networks on ad_spend.platform = networks.text
    where
        {% if vocabulary() == 'broad' %}
            networks.text is not null
        {% else %}
            lead_sources.lead_source = 'paid_social'
        {% endif %}
    group by
        {{ month_of_day('ad_spend.date_day') }},
        coalesce(networks.ad_network, 'unknown')

),

parts as (

    select
        month,
        network,
        is_paid,
        0 as posts,
        0 as impressions,
        0 as engagements,
        0 as clicks,
        0 as spend,
        leads,
        customers,
        revenue
    from outcomes
    union all
    select
        month,
        network,
        true as is_paid,
        0 as posts,
        impressions,
        0 as engagements,
        clicks,
        spend,
        0 as leads,
        0 as customers,
        0 as revenue
    from spending
    {% if delivered('social_posts') or delivered('social_post_days') %}
        union all
        select
            posts.month,
            posts.network,
            false as is_paid,
            1 as posts,
            {% for figure in ['impressions', 'engagements', 'clicks'] %}
                {% if delivered('social_post_days') %}
                    case
                        when coalesce(daily.{{ figure }}, 0) = 0
                            then coalesce(posts.{{ figure }}, 0)
                        else 0
                    end as {{ figure }},
                {% else %}
                    coalesce(posts.{{ figure }}, 0) as {{ figure }},
                {% endif %}
            {% endfor %}
            0 as spend,
            0 as leads,
            0 as customers,
            0 as revenue
        from posts
        {% if delivered('social_post_days') %}
            left join daily on posts.post_key = daily.post_key
        {% endif %}
    {% endif %}
    {% if delivered('social_post_days') %}
        union all
        select
            {{ month_of_day('days.date_day') }} as month,
            days.network,
            false as is_paid,
            0 as posts,
            coalesce(days.impressions, 0) as impressions,
            coalesce(days.engagements, 0) as engagements,
            coalesce(days.clicks, 0) as clicks,
            0 as spend,
            0 as leads,
            0 as customers,
            0 as revenue
        from {{ ref('fct_social_post_days') }} as days
        inner join posts on days.post_key = posts.post_key
    {% endif %}

),

summed as (

    select
        month,
        network,
        is_paid,
        sum(posts) as posts,
        sum(impressions) as impressions,
        sum(engagements) as engagements,
        sum(clicks) as clicks,
        sum(spend) as spend,
        sum(leads) as leads,
        sum(customers) as customers,
        sum(revenue) as revenue
    from parts
    group by month, network, is_paid

),

final as (

    select
        month,
        network,
        is_paid,
        cast(posts as bigint) as posts,
        cast(impressions as decimal(18, 6)) as impressions,
        cast(engagements as decimal(18, 6)) as engagements,
        cast(clicks as decimal(18, 6)) as clicks,
        cast(spend as decimal(18, 6)) as spend,
        cast(leads as bigint) as leads,
        cast(customers as bigint) as customers,
        {{ ratio('customers', 'leads') }} as conversion_rate,
        {{ proportion_bound('customers', 'leads', '-') }} as conversion_rate_low,
        {{ proportion_bound('customers', 'leads', '+') }} as conversion_rate_high,
        cast(revenue as decimal(18, 6)) as revenue,
        {{ unit_cost('spend', 'leads') }} as cost_per_lead,
        {{ per_money_spent('revenue', 'spend') }} as roas
    from summed

)

select * from final
