{{ config(enabled=delivered('content')) }}

-- Who met which content: by a touch that lands on it or names it, or by a view of its page. A call
-- or a webinar may have the title of a piece that it is not. What our own people meet is left out.
with

own_people as (

    select person_key from {{ ref('dim_people') }}
    where is_internal

),

met as (

    select * from {{ ref('int_content__met') }}

),

touchpoints as (

    select touchpoints.*
    from {{ ref('fct_touchpoints') }} as touchpoints
    left join own_people on touchpoints.person_key = own_people.person_key
    where touchpoints.occurred_on is not null and own_people.person_key is null

),

offline_types as (

    select touch_type from {{ ref('touch_types') }}
    where touch_class = 'offline'

),

touched as (

    select
        coalesce(
            names.content_key,
            case when offline_types.touch_type is null then titles.content_key end,
            landed.content_key
        ) as content_key,
        touchpoints.touchpoint_key,
        touchpoints.person_key,
        touchpoints.occurred_at as met_at,
        touchpoints.occurred_on as met_on
    from touchpoints
    left join met as names
        on names.place_kind = 'content' and touchpoints.content = names.place
    left join met as titles
        on titles.place_kind = 'title' and touchpoints.content = titles.place
    left join met as landed
        on landed.place_kind = 'landing_page' and touchpoints.landing_page = landed.place
    left join offline_types on touchpoints.touch_type = offline_types.touch_type

),

final as (

    select
        content_key,
        touchpoint_key,
        -- Whoever nothing identifies is somebody.
        case when person_key = 'unknown' then touchpoint_key else person_key end as somebody,
        met_at,
        met_on
    from touched
    where content_key is not null
    {% if delivered('page_views') %}
        union all
        select
            met.content_key,
            cast(null as {{ dbt.type_string() }}) as touchpoint_key,
            case
                when page_views.person_key <> 'unknown' then page_views.person_key
                else coalesce(page_views.touchpoint_key, page_views.visit_key)
            end as somebody,
            page_views.viewed_at as met_at,
            page_views.viewed_on as met_on
        from {{ ref('fct_page_views') }} as page_views
        inner join met on met.place_kind = 'page' and page_views.url = met.place
        left join own_people on page_views.person_key = own_people.person_key
        where own_people.person_key is null
    {% endif %}

)

select * from final
