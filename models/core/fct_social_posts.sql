{{ config(enabled=delivered('social_posts') or delivered('social_post_days')) }}

-- A post that only its days name is one, too: as posted on the first of them.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

posts as (

    {% if delivered('social_posts') %}
        select
            *,
            {{ surrogate_key(['source_system', 'network', 'post_id']) }} as post_key
        from {{ ref('int_social_posts__unioned') }}
    {% endif %}
    {% if delivered('social_posts') and delivered('social_post_days') %}
        union all
    {% endif %}
    {% if delivered('social_post_days') %}
        select
            days.source_system,
            min(days.network) as network,
            min(days.post_id) as post_id,
            cast(null as {{ dbt.type_string() }}) as title,
            cast(null as {{ dbt.type_string() }}) as format,
            cast(null as {{ dbt.type_string() }}) as topic,
            cast(null as {{ dbt.type_string() }}) as url,
            cast(null as {{ dbt.type_string() }}) as campaign,
            false as is_paid,
            cast(null as decimal(18, 6)) as impressions,
            cast(null as decimal(18, 6)) as engagements,
            cast(null as decimal(18, 6)) as clicks,
            min({{ calendar_start('days.date_day', 'company.reporting_timezone') }}) as posted_at,
            days.post_key
        from {{ ref('fct_social_post_days') }} as days
        cross join company
        {% if delivered('social_posts') %}
            where
                days.post_key not in (
                    select {{ surrogate_key(['source_system', 'network', 'post_id']) }}
                    from {{ ref('int_social_posts__unioned') }}
                )
        {% endif %}
        group by days.source_system, days.post_key
    {% endif %}

),

networks as (

    select * from {{ ref('int_social_networks__named') }}

),

campaign_references as (

    select
        signed.reference_id,
        matched.campaign_durable_key
    from {{ ref('int_campaign_references__signed') }} as signed
    inner join {{ ref('int_campaign_references__matched') }} as matched
        on signed.signature_key = matched.signature_key
    where signed.source_system = 'posts'

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}
    where is_current

),

{% if delivered('social_post_days') %}
    daily as (

        select
            post_key,
            sum(impressions) as impressions,
            sum(engagements) as engagements,
            sum(clicks) as clicks
        from {{ ref('fct_social_post_days') }}
        group by post_key

    ),
{% endif %}

final as (

    select
        ---------- ids
        posts.post_key,
        posts.source_system,
        posts.post_id,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,

        ---------- strings
        coalesce(networks.network, posts.network) as network,
        posts.title,
        posts.format,
        posts.topic,
        posts.url,

        ---------- booleans
        posts.is_paid,
        campaigns.campaign_key is not null
        and count(*) over (partition by campaigns.campaign_durable_key) = 1 as has_own_campaign,

        ---------- numerics
        {% for figure in ['impressions', 'engagements', 'clicks'] %}
            {% if delivered('social_post_days') %}
                cast(coalesce(daily.{{ figure }}, posts.{{ figure }}) as decimal(18, 6))
                    as {{ figure }},
            {% else %}
                posts.{{ figure }},
            {% endif %}
        {% endfor %}

        ---------- timestamps
        posts.posted_at,

        ---------- dates
        {{ local_day('posts.posted_at', 'company.reporting_timezone') }} as posted_on
    from posts
    cross join company
    left join networks on posts.network = networks.text
    left join campaign_references on posts.post_key = campaign_references.reference_id
    left join campaigns
        on campaign_references.campaign_durable_key = campaigns.campaign_durable_key
    {% if delivered('social_post_days') %}
        left join daily on posts.post_key = daily.post_key
    {% endif %}

)

select * from final
