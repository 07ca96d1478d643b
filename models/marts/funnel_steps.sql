{{ config(enabled=delivered('leads')) }}

-- Two cohorts, one behind the other: visitors by the month of their first visit, up to the form,
-- and leads by the month of their creation. Whoever reached a step has entered all before it; a
-- step that nobody ever reached is none of this company's.
{%- set path = 'lower(' ~ page_path(page_address('touchpoints.landing_page')) ~ ')' %}
{#- What touches and leads say by themselves, which others may call their own as well. #}
{%- set told -%}
    ('visit', 'landing', 'form', 'lead', 'mql', 'sql', 'opportunity', 'customer')
{%- endset %}
with

configured as (

    select * from {{ ref('stg_ops__funnel_steps') }}

),

-- Our own people are no prospects on their way; leads of every quality count as leads.
touchpoints as (

    select touchpoints.*
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('dim_people') }} as people on touchpoints.person_key = people.person_key
    where
        touchpoints.touch_type in ('visit', 'form')
        and touchpoints.person_key not in ('unknown', 'unattributed')
        and not people.is_internal

),

leads as (

    select * from {{ ref('fct_leads') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}
    where not is_correction and lead_key <> 'unknown'

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

web_touches as (

    select
        touchpoints.person_key,
        touchpoints.touchpoint_key,
        configured.step,
        touchpoints.occurred_at,
        touchpoints.occurred_on,
        touchpoints.lead_source_key,
        touchpoints.lead_channel_key
    from touchpoints
    inner join configured on touchpoints.touch_type = configured.step
    union all
    select
        touchpoints.person_key,
        touchpoints.touchpoint_key,
        configured.step,
        touchpoints.occurred_at,
        touchpoints.occurred_on,
        touchpoints.lead_source_key,
        touchpoints.lead_channel_key
    from touchpoints
    inner join configured
        on
            configured.step = 'landing'
            and touchpoints.touch_type = 'visit'
            and touchpoints.landing_page <> ''
            and (
                {{ path }} like configured.page_pattern escape '!'
                or {{ path }} || '/' like configured.page_pattern escape '!'
            )

),

first_leads as (

    select
        person_key,
        min(created_at) as created_at,
        min(created_until) as created_until
    from leads
    group by person_key

),

first_touches as (

    select
        *,
        row_number() over (
            partition by person_key order by occurred_at, touchpoint_key, step
        ) as turn
    from web_touches

),

-- Who was a lead before the first visit is no visitor who may become one.
visitors as (

    select
        'person:' || first_touches.person_key as entity,
        first_touches.person_key,
        {{ month_of_day('first_touches.occurred_on') }} as month,
        first_touches.lead_source_key,
        first_touches.lead_channel_key,
        first_leads.created_at as lead_at
    from first_touches
    left join first_leads on first_touches.person_key = first_leads.person_key
    where
        first_touches.turn = 1
        and coalesce(first_leads.created_until >= first_touches.occurred_at, true)

),

entities as (

    select
        entity,
        true as is_web,
        month,
        lead_source_key,
        lead_channel_key
    from visitors
    union all
    select
        'lead:' || lead_key as entity,
        false as is_web,
        {{ month_of_day('created_on') }} as month,
        lead_source_key,
        lead_channel_key
    from leads

),

moments as (

    select
        visitors.entity,
        web_touches.step,
        web_touches.occurred_at as reached_at
    from visitors
    inner join web_touches on visitors.person_key = web_touches.person_key
    union all
    select
        entity,
        'lead' as step,
        lead_at as reached_at
    from visitors
    where lead_at is not null
    {% for step, moment in [
        ('lead', 'created_at'), ('mql', 'mql_at'), ('sql', 'sql_at'),
        ('opportunity', 'opportunity_at'), ('customer', 'customer_at')
    ] %}
        union all
        select
            'lead:' || lead_key as entity,
            '{{ step }}' as step,
            {{ moment }} as reached_at
        from leads
        where {{ moment }} is not null
    {% endfor %}
    union all
    select
        'lead:' || lead_key as entity,
        conversion_type as step,
        occurred_at as reached_at
    from conversions
    where conversion_type not in {{ told }}
    {%- if delivered('stage_history') %}
        union all
        select
            'lead:' || lead_key as entity,
            stage as step,
            entered_at as reached_at
        from {{ ref('fct_stage_entries') }}
        where
            lead_key <> 'unknown'
            and stage not in {{ told }}
    {%- endif %}

),

used as (

    select
        configured.position,
        configured.step,
        configured.name_en,
        configured.name_sv,
        configured.is_web
    from configured
    inner join moments on configured.step = moments.step
    group by
        configured.position,
        configured.step,
        configured.name_en,
        configured.name_sv,
        configured.is_web

),

steps as (

    select
        *,
        row_number() over (order by position) as step_number,
        count(*) over () as last_step
    from used

),

reached as (

    select
        moments.entity,
        steps.step_number,
        min(moments.reached_at) as reached_at
    from moments
    inner join steps on moments.step = steps.step
    group by moments.entity, steps.step_number

),

furthest as (

    select
        entity,
        max(step_number) as last_step
    from reached
    group by entity

),

entered as (

    select
        entities.month,
        entities.lead_source_key,
        entities.lead_channel_key,
        steps.step_number,
        case when furthest.last_step > steps.step_number then 1 else 0 end as goes_on,
        (
            {{ epoch_micros('next_reached.reached_at') }}
            - {{ epoch_micros('here_reached.reached_at') }}
        ) / cast(3600000000 as double) as hours
    from entities
    inner join furthest on entities.entity = furthest.entity
    inner join steps
        on entities.is_web = steps.is_web and furthest.last_step >= steps.step_number
    left join reached as here_reached
        on
            entities.entity = here_reached.entity
            and steps.step_number = here_reached.step_number
    left join reached as next_reached
        on
            entities.entity = next_reached.entity
            and steps.step_number + 1 = next_reached.step_number

),

combined as (

    select
        month,
        lead_source_key,
        lead_channel_key,
        step_number,
        count(*) as entered,
        sum(goes_on) as reached_next,
        {{ median_of('hours') }} as median_hours,
        {{ quantile_of('hours', 0.9) }} as p90_hours
    from entered
    group by month, lead_source_key, lead_channel_key, step_number

),

final as (

    select
        combined.month,
        combined.lead_source_key,
        {{ lead_source_columns() | indent(8) }},
        combined.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        cast(combined.step_number as bigint) as step_number,
        steps.step,
        steps.name_en as step_name,
        steps.name_sv as step_name_sv,
        cast(combined.entered as bigint) as entered,
        {%- set left = 'combined.entered - combined.reached_next' %}
        case
            when combined.step_number < steps.last_step
                then cast(combined.reached_next as bigint)
        end as reached_next,
        case
            when combined.step_number < steps.last_step
                then {{ ratio('(' ~ left ~ ')', 'combined.entered') }}
        end as drop_rate,
        case
            when combined.step_number < steps.last_step
                then {{ proportion_bound('(' ~ left ~ ')', 'combined.entered', '-') }}
        end as drop_rate_low,
        case
            when combined.step_number < steps.last_step
                then {{ proportion_bound('(' ~ left ~ ')', 'combined.entered', '+') }}
        end as drop_rate_high,
        {{ published_double('combined.median_hours') }} as median_hours,
        {{ published_double('combined.p90_hours') }} as p90_hours
    from combined
    inner join steps on combined.step_number = steps.step_number
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
