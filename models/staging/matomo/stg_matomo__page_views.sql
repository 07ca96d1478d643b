{{ config(enabled=delivered(by='matomo')) }}

-- What a visitor does on a page, a download or a link that leads out, follows it in the list. What
-- comes before the first page belongs to none.
with

visits as (
    {{ newest_versions(source('matomo', 'visits'), ['visit_id']) }}
),

actions as (
    {{ json_array_rows('visits', 'action_details', keep=['visit_id', 'started_at']) }}
),

listed as (

    select
        visit_id,
        started_at,
        element_index,
        coalesce({{ json_text('element', ['type']) }}, 'action') = 'action' as is_page,
        {{ json_text('element', ['url']) }} as url,
        {{ json_text('element', ['pageTitle']) }} as title,
        {{ json_text('element', ['timestamp']) }} as viewed_second,
        {{ json_text('element', ['timeSpent']) }} as seconds
    from actions

),

placed as (

    select
        *,
        sum(case when is_page then 1 else 0 end) over (
            partition by visit_id
            order by element_index
            rows between unbounded preceding and current row
        ) as visit_position
    from listed

),

-- What is no number is none: a plug-in may write anything.
pages as (

    select
        visit_id,
        visit_position,
        min(started_at) as started_at,
        max(case when is_page then url end) as url,
        max(case when is_page then title end) as title,
        max(
            case
                when is_page and {{ regex_match('viewed_second', "'^[0-9]{9,10}$'") }}
                    then viewed_second
            end
        ) as viewed_second,
        max(
            case when is_page and {{ regex_match('seconds', "'^[0-9]{1,9}$'") }} then seconds end
        ) as seconds,
        count(*) - 1 as actions
    from placed
    where visit_position > 0
    group by visit_id, visit_position

),

final as (

    select
        'matomo' as source_system,
        visit_id || ':' || cast(visit_position as {{ dbt.type_string() }}) as page_view_id,
        visit_id,
        visit_id as touchpoint_id,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        cast(null as {{ dbt.type_string() }}) as visitor_id,
        cast(null as {{ dbt.type_string() }}) as email_hash,
        coalesce({{ from_epoch_seconds('cast(viewed_second as bigint)') }}, started_at)
            as viewed_at,
        cast(visit_position as bigint) as visit_position,
        nullif(url, '') as url,
        nullif(title, '') as title,
        cast(seconds as decimal(18, 6)) as seconds,
        cast(actions as decimal(18, 6)) as actions
    from pages

)

select * from final
