{{ config(enabled=delivered('content')) }}

-- Who met which content: by a touch that lands on it or names it, or by a view of its page.
with

met as (

    select * from {{ ref('int_content__met') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where occurred_on is not null

),

touched as (

    select
        coalesce(names.content_key, landed.content_key) as content_key,
        touchpoints.touchpoint_key,
        touchpoints.person_key,
        touchpoints.occurred_at as met_at,
        touchpoints.occurred_on as met_on
    from touchpoints
    left join met as names
        on names.place_kind = 'content' and touchpoints.content = names.place
    left join met as landed
        on landed.place_kind = 'landing_page' and touchpoints.landing_page = landed.place
    where coalesce(names.content_key, landed.content_key) is not null

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
    {% endif %}

)

select * from final
