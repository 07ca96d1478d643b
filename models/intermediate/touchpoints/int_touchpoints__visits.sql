{%- set shown_parts = [
    'lead_source', 'lead_channel', 'campaign_key', 'click_id', 'utm_source', 'utm_medium',
] -%}
{%- set burst_micros = 10000000 -%}

-- A visit is what one person does on the site without a pause. What shows no origin of its own
-- belongs to the touch before it, and what shows the origin of that touch again repeats it.
-- Links of mails clicked within seconds of each other are opened by a scanner, not by a reader,
-- even where there are no visits (a pause of 0).
-- Most touches have no other near them: only those that have are sorted more than once.
with

touchpoints as (

    select
        touchpoint_key,
        touchpoint_id,
        source_system,
        person_key,
        occurred_at,
        {{ epoch_micros('occurred_at') }} as occurred_micros,
        numeric_id,
        line_number,
        touch_type,
        is_hit,
        is_bare,
        lead_source,
        lead_channel,
        nullif(campaign_key, 'unknown') as campaign_key,
        click_id,
        lower(utm_source) as utm_source,
        lower(utm_medium) as utm_medium
    from {{ ref('int_touchpoints__identified') }}
    where person_key <> 'unknown' and touch_type <> 'crm_record'

),

attribution as (

    select
        fold_hits,
        cast(visit_minutes * 60000000 as bigint) as pause,
        greatest(cast(visit_minutes * 60000000 as bigint), {{ burst_micros }}) as reach
    from {{ ref('stg_ops__attribution') }}

),

neighboured as (

    select
        *,
        lag(occurred_micros) over (
            partition by person_key order by occurred_micros, touchpoint_key
        ) as previous_micros,
        lead(occurred_micros) over (
            partition by person_key order by occurred_micros, touchpoint_key
        ) as next_micros
    from touchpoints

),

-- Ids of digits alone are in the order of their numbers, all others in that of their lines.
near as (

    select
        neighboured.*,
        attribution.fold_hits,
        attribution.pause,
        row_number() over (
            partition by neighboured.person_key, neighboured.occurred_micros
            order by
                coalesce(neighboured.numeric_id, neighboured.line_number, 0),
                neighboured.touchpoint_id,
                neighboured.source_system
        ) as sequence_number
    from neighboured
    cross join attribution
    where
        neighboured.occurred_micros - neighboured.previous_micros <= attribution.reach
        or neighboured.next_micros - neighboured.occurred_micros <= attribution.reach

),

hits as (

    select
        *,
        lag(occurred_micros) over (
            partition by person_key order by occurred_micros, sequence_number
        ) as previous_hit_micros,
        touch_type = 'email_click' and coalesce(
            lag(touch_type) over (
                partition by person_key order by occurred_micros, sequence_number
            ) = 'email_click',
            false
        ) as follows_a_mail
    from near
    where is_hit and (pause > 0 or touch_type = 'email_click')

),

spaced as (

    select
        *,
        coalesce(
            follows_a_mail and occurred_micros - previous_hit_micros <= {{ burst_micros }}, false
        ) as is_of_a_burst,
        coalesce(pause > 0 and occurred_micros - previous_hit_micros <= pause, false)
            as is_of_a_visit
    from hits

),

visits as (

    select
        *,
        not is_of_a_visit and not is_of_a_burst as opens_visit,
        sum(case when is_of_a_visit or is_of_a_burst then 0 else 1 end) over (
            partition by person_key
            order by occurred_micros, sequence_number
            rows between unbounded preceding and current row
        ) as visit_number
    from spaced

),

-- What the hits before it in the visit showed last.
compared as (

    select
        *,
        {%- for name in shown_parts %}
            {{ last_known(
                'case when not is_bare then ' ~ name ~ ' end',
                'person_key, visit_number',
                'occurred_micros, sequence_number',
            ) }} as shown_{{ name }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from visits

),

-- A mark that a later hit no longer shows, as a click id after the first page, is no difference.
judged as (

    select
        *,
        case
            when opens_visit then true
            when is_bare then false
            when is_of_a_burst then false
            when not fold_hits or shown_lead_source is null then true
            else
                lead_source <> shown_lead_source
                or lead_channel <> shown_lead_channel
                or coalesce(campaign_key <> shown_campaign_key, false)
                or coalesce(click_id <> shown_click_id, false)
                or coalesce(utm_source <> shown_utm_source, false)
                or coalesce(utm_medium <> shown_utm_medium, false)
        end as is_touch
    from compared

),

numbered as (

    select
        *,
        sum(case when is_touch then 1 else 0 end) over (
            partition by person_key
            order by occurred_micros, sequence_number
            rows between unbounded preceding and current row
        ) as touch_number
    from judged

),

visit_starts as (

    select
        person_key,
        visit_number,
        touchpoint_key as visit_key
    from numbered
    where opens_visit

),

-- The click may be tagged by its id alone, and a form after it by the campaign's name.
counting as (

    select
        person_key,
        touch_number,
        max(case when is_touch then touchpoint_key end) as counting_touchpoint_key,
        max(campaign_key) as campaign_key
    from numbered
    group by person_key, touch_number

),

final as (

    select
        near.touchpoint_key,
        cast(near.sequence_number as bigint) as sequence_number,
        coalesce(visit_starts.visit_key, near.touchpoint_key) as visit_key,
        coalesce(counting.counting_touchpoint_key, near.touchpoint_key)
            as counting_touchpoint_key,
        case
            when numbered.is_touch then null
            when numbered.is_bare then 'bare_hit'
            when not numbered.is_touch then 'repeated_hit'
        end as visit_reason,
        case when numbered.is_touch then counting.campaign_key end as shown_campaign_key
    from near
    left join numbered on near.touchpoint_key = numbered.touchpoint_key
    left join visit_starts
        on
            numbered.person_key = visit_starts.person_key
            and numbered.visit_number = visit_starts.visit_number
    left join counting
        on
            numbered.person_key = counting.person_key
            and numbered.touch_number = counting.touch_number

)

select * from final
