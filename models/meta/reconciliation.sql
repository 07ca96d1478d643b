-- Numbers that must be equal on two sides, each summed by a way of its own. The test on this model
-- stops publishing where an error row differs; a warn row that differs shows both sums.
with

loading as (

    select * from {{ ref('reconciled_loading') }}

),

landing as (

    select * from {{ ref('reconciled_landing') }}

),

inbox as (

    select * from {{ ref('reconciled_inbox') }}

),

spend as (

    select * from {{ ref('reconciled_spend') }}

),

grains as (

    select * from {{ ref('reconciled_grains') }}

),

costs as (

    select * from {{ ref('reconciled_costs') }}

),

marts as (

    select * from {{ ref('reconciled_marts') }}

),

credits as (

    select * from {{ ref('reconciled_credits') }}

),

won as (

    select * from {{ ref('reconciled_won') }}

),

money as (

    select * from {{ ref('reconciled_money') }}

),

combined as (

    select * from loading
    union all
    select * from money
    union all
    select * from landing
    union all
    select * from inbox
    union all
    select * from spend
    union all
    select * from grains
    union all
    select * from costs
    union all
    select * from marts
    union all
    select * from credits
    union all
    select * from won
    {% if delivered('events') or delivered('event_attendance') %}
        union all
        select * from {{ ref('reconciled_events') }}
    {% endif %}
    {% if delivered('outreach') %}
        union all
        select * from {{ ref('reconciled_outreach') }}
    {% endif %}
    {% if delivered('referrals') %}
        union all
        select * from {{ ref('reconciled_referrals') }}
    {% endif %}
    {% if delivered('ad_spend') %}
        union all
        select * from {{ ref('reconciled_ads') }}
    {% endif %}
    {% if delivered('keyword_days') %}
        union all
        select * from {{ ref('reconciled_keywords') }}
    {% endif %}
    {% if delivered('organic_search') or delivered('search_term_days') %}
        union all
        select * from {{ ref('reconciled_search') }}
    {% endif %}
    {% if delivered('touchpoints') or delivered('ad_spend') or delivered('social_posts')
        or delivered('social_post_days') %}
        union all
        select * from {{ ref('reconciled_social') }}
    {% endif %}
    {% if delivered('mailings') %}
        union all
        select * from {{ ref('reconciled_mailings') }}
    {% endif %}
    {% if delivered('page_views') %}
        union all
        select * from {{ ref('reconciled_pages') }}
    {% endif %}
    {% if delivered('content') %}
        union all
        select * from {{ ref('reconciled_content') }}
    {% endif %}

),

final as (

    select
        check_name as {{ adapter.quote('check') }},
        period,
        subject,
        cast(left_side as decimal(38, 12)) as {{ adapter.quote('left') }},
        cast(right_side as decimal(38, 12)) as {{ adapter.quote('right') }},
        cast(
            cast(left_side as decimal(28, 12)) - cast(right_side as decimal(28, 12))
            as decimal(38, 12)
        ) as difference,
        unit,
        severity
    from combined

)

select * from final
