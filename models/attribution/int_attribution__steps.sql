{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_stale('path_number') }}"
) }}

-- The steps of every path. A conversion's path is its journey, and its value what corrections left
-- of it; they have no paths of their own. A person who lacks a type of
-- conversion has a path that did not convert: the eligible touches within their look-backs, counted
-- from the last of them; it is the same path for every type that the person lacks.
-- depends_on: {{ ref('int_attribution__replaced_steps') }}
with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

touchpoints as (

    select
        {{ hash_bigint('person_key') }} as person_number,
        {{ bucket('person_key') | indent(8) }} as bucket,
        touchpoint_id,
        source_system,
        lead_source_key,
        lead_channel_key,
        lookback_days,
        sequence_number,
        occurred_at,
        occurred_until
    from {{ ref('fct_touchpoints') }}
    where is_eligible

),

stale_paths as (

    select * from {{ ref('int_attribution__stale_paths') }}

),

lead_sources as (

    select * from {{ ref('int_attribution__members') }}
    where dimension = 'lead_source'

),

lead_channels as (

    select * from {{ ref('int_attribution__members') }}
    where dimension = 'lead_channel'

),

corrections as (

    select
        corrects_conversion_key as conversion_key,
        sum(value) as value
    from conversions
    where corrects_conversion_key is not null
    group by corrects_conversion_key

),

converting as (

    select
        {{ hash_bigint('conversions.conversion_key') }} as path_number,
        {{ bucket('conversions.person_key') | indent(8) }} as bucket,
        conversions.conversion_type,
        case
            when corrections.value is null then conversions.value
            else coalesce(conversions.value, 0) + corrections.value
        end as value,
        journeys.position,
        {{ place('lead_sources.member_number', 'lead_channels.member_number') }} as place
    from journeys
    inner join conversions on journeys.conversion_key = conversions.conversion_key
    left join corrections on conversions.conversion_key = corrections.conversion_key
    inner join lead_sources on journeys.lead_source_key = lead_sources.member_key
    inner join lead_channels on journeys.lead_channel_key = lead_channels.member_key
    where not conversions.is_correction

),

unconverted as (

    select
        touchpoints.person_number,
        touchpoints.bucket,
        touchpoints.occurred_at,
        touchpoints.sequence_number,
        touchpoints.touchpoint_id,
        touchpoints.source_system,
        {{ place('lead_sources.member_number', 'lead_channels.member_number') }} as place
    from touchpoints
    -- As a filter after the join, DuckDB 1.5.5 makes a product of both tables of this.
    inner join stale_paths
        on
            touchpoints.person_number = stale_paths.path_number
            and {{ epoch_micros('stale_paths.last_touched_at') }}
            - {{ epoch_micros('touchpoints.occurred_until') }}
            <= {{ days_in_micros('touchpoints.lookback_days') }}
    -- Every touch has its members. As inner joins, they let DuckDB 1.5.5 expect few touches and
    -- build a hash table of all of them.
    left join lead_sources on touchpoints.lead_source_key = lead_sources.member_key
    left join lead_channels on touchpoints.lead_channel_key = lead_channels.member_key

),

final as (

    select
        path_number,
        bucket,
        conversion_type,
        value,
        lag(place) over (partition by path_number order by position) as previous_place,
        place,
        lead(place) over (partition by path_number order by position) as next_place,
        '{{ invocation_id }}' as dbt_run
    from converting

    union all

    select
        person_number as path_number,
        bucket,
        cast(null as {{ dbt.type_string() }}) as conversion_type,
        cast(null as decimal(18, 6)) as value,
        lag(place) over (
            partition by person_number
            order by occurred_at, sequence_number, touchpoint_id, source_system
        ) as previous_place,
        place,
        lead(place) over (
            partition by person_number
            order by occurred_at, sequence_number, touchpoint_id, source_system
        ) as next_place,
        '{{ invocation_id }}' as dbt_run
    from unconverted

)

select * from final
