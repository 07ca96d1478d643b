{{ config(enabled=delivered('page_views')) }}

-- Page views outnumber touches: each is joined once, and addresses are taken apart once each. Who
-- it was, a view of a tracked visit knows from the visit's touch.
with

shared as (

    select node from {{ ref('int_identifiers__judged') }}
    where is_shared
    union all
    select node from {{ ref('int_identity__people') }}
    where is_contested

),

shown as (

    select
        *,
        {{ page_address('url') }} as address,
        'lead:' || source_system || ':' || lead_id as lead_node,
        'email:' || email_hash as email_node,
        'visitor:' || visitor_id as visitor_node
    from {{ ref('int_page_views__unioned') }}

),

-- As of touches: what several people share says least about who it was.
page_views as (

    select
        shown.*,
        coalesce(
            shown.lead_node,
            case when shared_emails.node is null then shown.email_node end,
            case when shared_visitors.node is null then shown.visitor_node end,
            shown.email_node,
            shown.visitor_node
        ) as node
    from shown
    left join shared as shared_emails on shown.email_node = shared_emails.node
    left join shared as shared_visitors on shown.visitor_node = shared_visitors.node

),

addresses as (

    select
        address,
        {{ page_host('address') }} as host,
        {{ page_path('address') }} as page_path
    from page_views
    where address <> ''
    group by address

),

pages as (

    select
        address,
        nullif(host, '') as host,
        host || page_path as url
    from addresses

),

people as (

    select * from {{ ref('int_identity__people') }}

),

touchpoints as (

    select
        source_system,
        touchpoint_id,
        touchpoint_key,
        person_key
    from {{ ref('fct_touchpoints') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

viewed as {{ materialized() }} (

    select
        ---------- ids
        {{ surrogate_key(['page_views.source_system', 'page_views.page_view_id']) }}
            as page_view_key,
        page_views.source_system,
        {{ surrogate_key(['page_views.source_system', 'page_views.visit_id']) }} as visit_key,
        touchpoints.touchpoint_key,
        case
            when touchpoints.person_key is not null then touchpoints.person_key
            when page_views.node is null then 'unknown'
            else coalesce(people.person_key, {{ surrogate_key(['page_views.node']) }})
        end as person_key,
        case when pages.url is null then 'unknown' else {{ surrogate_key(['pages.url']) }} end
            as page_key,

        ---------- strings
        pages.url,
        pages.host,
        page_views.title,

        ---------- numerics
        page_views.visit_position,
        page_views.seconds,
        page_views.actions,

        ---------- booleans
        page_views.visit_position = 1 as is_landing,

        ---------- timestamps
        page_views.viewed_at,

        ---------- dates
        {{ local_day('page_views.viewed_at', 'company.reporting_timezone') }} as viewed_on
    from page_views
    cross join company
    left join pages on page_views.address = pages.address
    left join people on page_views.node = people.node
    left join touchpoints
        on
            page_views.source_system = touchpoints.source_system
            and page_views.touchpoint_id = touchpoints.touchpoint_id

),

-- A title that one visitor alone saw may be that visitor's name: an account's page has it.
shared_titles as (

    select
        page_key,
        title
    from viewed
    where title is not null
    group by page_key, title
    having
        min(case when person_key = 'unknown' then visit_key else person_key end)
        <> max(case when person_key = 'unknown' then visit_key else person_key end)

),

final as (

    select
        viewed.page_view_key,
        viewed.source_system,
        viewed.visit_key,
        viewed.touchpoint_key,
        viewed.person_key,
        viewed.page_key,
        viewed.url,
        viewed.host,
        shared_titles.title,
        viewed.visit_position,
        viewed.seconds,
        viewed.actions,
        viewed.is_landing,
        viewed.viewed_at,
        viewed.viewed_on
    from viewed
    left join shared_titles
        on
            viewed.page_key = shared_titles.page_key
            and viewed.title = shared_titles.title

)

select * from final
