{{ config(enabled=delivered('page_views', by='inbox')) }}

-- A view's id is the one its file states, or made of the row's content and its occurrence number.
-- A visit is what the file calls one, of one device (GA4 numbers each user's own); without such an
-- id a pause ends it.
with

slices as (

    select slice_id from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

attribution as (

    select visit_minutes from {{ ref('stg_ops__attribution') }}

),

page_views as (

    select * from {{ source('inbox', 'page_views') }}

),

kept_lines as (

    select
        page_views.*,
        nullif(trim(page_views.page_view_id), '') as stated_id,
        {{ surrogate_key([
            'page_views.page_view_id', 'page_views.viewed_at', 'page_views.page_url',
            'page_views.lead_id', 'page_views.visitor_id', 'page_views.email_hash',
            'page_views.visit_id', 'page_views.title', 'page_views.seconds', 'page_views.actions',
        ]) }} as content_key
    from page_views
    inner join slices on page_views._slice_id = slices.slice_id

),

numbered as (

    select
        *,
        coalesce(
            stated_id,
            content_key || ':' || cast(
                row_number() over (
                    partition by _slice_id, content_key, stated_id is null order by _row_number
                ) as {{ dbt.type_string() }}
            )
        ) as identity
    from kept_lines

),

versions as (

    select
        *,
        row_number() over (
            partition by identity order by _sequence desc, _row_number desc
        ) as version
    from numbered

),

viewed as (

    select
        {{ surrogate_key(['versions.identity']) }} as page_view_id,
        nullif(trim(versions.lead_id), '') as lead_id,
        {{ identifier_or_null('versions.visitor_id') }} as visitor_id,
        nullif(trim(versions.email_hash), '') as email_hash,
        {{ known_from('versions.viewed_at', 'company.reporting_timezone') }} as viewed_at,
        versions._row_number as line_number,
        nullif(trim(versions.page_url), '') as url,
        nullif(trim(versions.title), '') as title,
        nullif(trim(versions.visit_id), '') as visit_id,
        versions.seconds,
        versions.actions,
        attribution.visit_minutes
    from versions
    cross join company
    cross join attribution
    where versions.version = 1

),

devices as (

    select
        *,
        coalesce('visitor:' || visitor_id, 'email:' || email_hash, 'lead:' || lead_id, page_view_id)
            as device
    from viewed

),

paused as (

    select
        *,
        case
            when
                visit_id is null
                and {{ epoch_micros('viewed_at') }} - {{ epoch_micros(
                    'lag(viewed_at) over (partition by device, visit_id'
                    ~ ' order by viewed_at, line_number, page_view_id)'
                ) }} > visit_minutes * 60000000
                then 1
            else 0
        end as opens
    from devices

),

visited as (

    select
        *,
        sum(opens) over (
            partition by device, visit_id
            order by viewed_at, line_number, page_view_id
            rows between unbounded preceding and current row
        ) as visit_number
    from paused

),

final as (

    select
        'inbox' as source_system,
        page_view_id,
        {{ surrogate_key(['device', 'visit_id', 'visit_number']) }} as visit_id,
        cast(null as {{ dbt.type_string() }}) as touchpoint_id,
        lead_id,
        visitor_id,
        email_hash,
        viewed_at,
        row_number() over (
            partition by device, visit_id, visit_number
            order by viewed_at, line_number, page_view_id
        ) as visit_position,
        url,
        title,
        seconds,
        actions
    from visited

)

select * from final
