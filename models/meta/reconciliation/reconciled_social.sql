{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('touchpoints') or delivered('ad_spend') or delivered('social_posts')
        or delivered('social_post_days')
) }}

-- What the marts of social media total, against leads, ad spend and posts.
with

sides as (

    {% if vocabulary() != 'broad' %}
        select
            'leads' as subject,
            count(*) as left_side,
            0 as right_side
        from {{ ref('fct_leads') }} as leads
        inner join {{ ref('dim_lead_sources') }} as sources
            on leads.lead_source_key = sources.lead_source_key
        where sources.lead_source = 'paid_social' or sources.source_category = 'social media'
        union all
        select
            'spend' as subject,
            sum(ad_spend.spend) as left_side,
            0 as right_side
        from {{ ref('fct_ad_spend') }} as ad_spend
        inner join {{ ref('dim_lead_sources') }} as sources
            on ad_spend.lead_source_key = sources.lead_source_key
        where sources.lead_source = 'paid_social'
        union all
        select
            'leads' as subject,
            0 as left_side,
            sum(leads) as right_side
        from {{ ref('social_performance') }}
        union all
        select
            'spend' as subject,
            0 as left_side,
            sum(spend) as right_side
        from {{ ref('social_performance') }}
        union all
    {% endif %}
    {% if delivered('social_posts') or delivered('social_post_days') %}
        select
            'post impressions' as subject,
            sum(case when is_paid then 0 else coalesce(impressions, 0) end) as left_side,
            0 as right_side
        from {{ ref('fct_social_posts') }}
        union all
    {% endif %}
    select
        'post impressions' as subject,
        0 as left_side,
        sum(case when is_paid then 0 else impressions end) as right_side
    from {{ ref('social_performance') }}

),

final as (

    select
        'social_facts_vs_marts' as check_name,
        'all' as period,
        sides.subject,
        case sides.subject
            when 'spend' then company.reporting_currency
            when 'leads' then 'leads'
            else 'impressions'
        end as unit,
        coalesce(sum(sides.left_side), 0) as left_side,
        coalesce(sum(sides.right_side), 0) as right_side,
        'error' as severity
    from sides
    cross join {{ ref('stg_ops__company') }} as company
    group by sides.subject, company.reporting_currency

)

select * from final
