{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_stale('path_number', by='path_number') }}"
) }}

-- The steps of every path. A conversion's path is its journey. A person who lacks a type of
-- conversion has a path that did not convert: the eligible touches within their look-backs, counted
-- from the last of them; it is the same path for every type that the person lacks.
with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

touchpoints as (

    select
        touchpoints.*,
        stale_paths.path_number as person_number
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('int_attribution__stale_paths') }} as stale_paths
        on {{ hash_bigint('touchpoints.person_key') }} = stale_paths.path_number
    where touchpoints.is_eligible

),

lead_sources as (

    select * from {{ ref('int_attribution__members') }}
    where dimension = 'lead_source'

),

lead_channels as (

    select * from {{ ref('int_attribution__members') }}
    where dimension = 'lead_channel'

),

last_touches as (

    select
        person_number,
        max(occurred_at) as last_touched_at
    from touchpoints
    group by person_number

),

-- A bucket is one of 256 groups of people, for resampling: a key is a hash, so its first digits are
-- random.
{% set places %}
    lag(lead_sources.member_number) over (path) as previous_lead_source,
    lead_sources.member_number as lead_source,
    lead(lead_sources.member_number) over (path) as next_lead_source,
    lag(lead_channels.member_number) over (path) as previous_lead_channel,
    lead_channels.member_number as lead_channel,
    lead(lead_channels.member_number) over (path) as next_lead_channel
{% endset %}

converting as (

    select
        substr(conversions.person_key, 1, 2) as bucket,
        {{ hash_bigint('conversions.person_key') }} as person_number,
        {{ hash_bigint('conversions.conversion_key') }} as path_number,
        conversions.conversion_type,
        conversions.value,
        {{ places | indent(8) }}
    from journeys
    inner join conversions on journeys.conversion_key = conversions.conversion_key
    inner join lead_sources on journeys.lead_source_key = lead_sources.member_key
    inner join lead_channels on journeys.lead_channel_key = lead_channels.member_key
    window path as (partition by journeys.conversion_key order by journeys.position)

),

unconverted as (

    select
        substr(touchpoints.person_key, 1, 2) as bucket,
        touchpoints.person_number,
        touchpoints.person_number as path_number,
        cast(null as {{ dbt.type_string() }}) as conversion_type,
        cast(null as decimal(18, 6)) as value,
        {{ places | indent(8) }}
    from touchpoints
    inner join last_touches on touchpoints.person_number = last_touches.person_number
    inner join lead_sources on touchpoints.lead_source_key = lead_sources.member_key
    inner join lead_channels on touchpoints.lead_channel_key = lead_channels.member_key
    where
        {{ epoch_micros('last_touches.last_touched_at') }}
        - {{ epoch_micros('touchpoints.occurred_at') }}
        <= {{ days_in_micros('touchpoints.lookback_days') }}
    window path as (
        partition by touchpoints.person_number
        order by touchpoints.occurred_at, touchpoints.touchpoint_id, touchpoints.source_system
    )

),

final as (

    select * from converting
    union all
    select * from unconverted

)

select * from final
