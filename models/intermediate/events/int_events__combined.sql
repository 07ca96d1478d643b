{{ config(enabled=delivered('events') or delivered('event_attendance')) }}

with

events as (

    select * from {{ ref('int_events__unioned') }}

),

attendance as (

    select * from {{ ref('int_event_attendance__unioned') }}

),

words as (

    select * from {{ ref('event_type_words') }}

),

named_only as (

    select
        attendance.source_system,
        attendance.event_id
    from attendance
    left join events
        on
            attendance.source_system = events.source_system
            and attendance.event_id = events.event_id
    where events.event_id is null
    group by attendance.source_system, attendance.event_id

),

gathered as (

    select
        source_system,
        event_id,
        nullif(trim(event_name), '') as event_name,
        event_type,
        starts_at,
        starts_until,
        ends_at,
        place,
        country,
        stated_lead_source,
        stated_lead_channel,
        nullif(trim(campaign), '') as campaign,
        cost,
        currency,
        true as is_declared
    from events
    union all
    select
        source_system,
        event_id,
        cast(null as {{ dbt.type_string() }}) as event_name,
        cast(null as {{ dbt.type_string() }}) as event_type,
        cast(null as timestamp) as starts_at,
        cast(null as timestamp) as starts_until,
        cast(null as timestamp) as ends_at,
        cast(null as {{ dbt.type_string() }}) as place,
        cast(null as {{ dbt.type_string() }}) as country,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,
        cast(null as {{ dbt.type_string() }}) as campaign,
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency,
        false as is_declared
    from named_only

),

final as (

    select
        {{ surrogate_key(['gathered.source_system', 'gathered.event_id']) }} as event_key,
        gathered.source_system,
        gathered.event_id,
        coalesce(gathered.event_name, gathered.event_id) as event_name,
        {{ normalized_code('gathered.event_type') }} as event_type,
        coalesce(words.touch_type, 'event') as touch_type,
        gathered.stated_lead_source,
        coalesce(nullif(trim(gathered.stated_lead_channel), ''), words.lead_channel)
            as stated_lead_channel,
        -- What its cost paid for: as its touches are classified without rules of the company's.
        {{ normalized_code("coalesce(gathered.stated_lead_source, words.touch_type, 'event')") }}
            as lead_source,
        {{ normalized_code(
            "coalesce(nullif(trim(gathered.stated_lead_channel), ''), words.lead_channel, 'conference')"
        ) }} as lead_channel,
        gathered.starts_at,
        gathered.starts_until,
        gathered.ends_at,
        gathered.place,
        gathered.country,
        gathered.campaign,
        gathered.cost,
        gathered.currency,
        gathered.is_declared
    from gathered
    left join words on {{ bare_word('gathered.event_type') }} = words.event_type_word

)

select * from final
