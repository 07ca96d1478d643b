{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('content')
) }}

-- What both marts of content credit, against the credits of touches that show content to anybody
-- but our own people; people are in several of their rows.
with

pieces as (

    select coalesce(sum(revenue_credited), 0) as revenue_credited
    from {{ ref('content_performance') }}

),

topics as (

    select coalesce(sum(revenue_credited), 0) as revenue_credited
    from {{ ref('content_topic_performance') }}

),

credits as (

    select coalesce(sum(credits.credited_value), 0) as credited_value
    from {{ ref('fct_attribution_credits') }} as credits
    inner join {{ ref('fct_touchpoints') }} as touchpoints
        on credits.touchpoint_key = touchpoints.touchpoint_key
    where
        touchpoints.person_key not in (
            select people.person_key from {{ ref('dim_people') }} as people
            where people.is_internal
        )
        and credits.attribution_model = 'linear'
        and credits.conversion_type in ('customer', 'repeat_customer')
        and (
            touchpoints.landing_page in (
                select met.place from {{ ref('int_content__met') }} as met
                where met.place_kind = 'landing_page'
            )
            or touchpoints.content in (
                select met.place from {{ ref('int_content__met') }} as met
                where met.place_kind = 'content'
            )
            or (
                touchpoints.content in (
                    select met.place from {{ ref('int_content__met') }} as met
                    where met.place_kind = 'title'
                )
                and touchpoints.touch_type not in (
                    select types.touch_type from {{ ref('touch_types') }} as types
                    where types.touch_class = 'offline'
                )
            )
        )

),

sides as (

    select
        'revenue_credited by piece' as subject,
        credits.credited_value as left_side,
        pieces.revenue_credited as right_side
    from credits
    cross join pieces
    union all
    select
        'revenue_credited by topic' as subject,
        credits.credited_value as left_side,
        topics.revenue_credited as right_side
    from credits
    cross join topics

),

final as (

    select
        'content_facts_vs_mart' as check_name,
        'all' as period,
        sides.subject,
        company.reporting_currency as unit,
        sides.left_side,
        sides.right_side,
        'error' as severity
    from sides
    cross join {{ ref('stg_ops__company') }} as company

)

select * from final
