-- What each model gives a touch before the weights of a conversion are normalised: one column per
-- model. No weight exceeds 1. They are DECIMAL, so their sums do not depend on the order in which
-- threads add them, and of 18 digits, because what is wider is computed in 128 bits. A view: its
-- one reader keeps nearly every column, and writing them took as long as computing them.
{{ config(materialized='view') }}

with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

-- One row: a column for each model and role, null where the model does not know the role.
parameters as (

    select
        {% for model in role_models() %}
            {% for role in touch_roles() + ['middle'] %}
                max(case when attribution_model = '{{ model }}' then {{ role }}_weight end)
                    as {{ model }}_{{ role }},
            {% endfor %}
        {% endfor %}
        count(*) as models
    from {{ ref('int_attribution__role_weights') }}

),

-- Ten windows over wide rows took three times as long as this and its join.
landmarks as (

    select
        conversion_key,
        count(*) as touches,
        max(touched_at) as last_touched_at,
        max(case when is_before_lead then position end) as lead_position,
        max(case when is_before_opportunity then position end) as opportunity_position,
        max(case when is_before_customer then position end) as customer_position,
        max(case when not is_direct then position end) as last_non_direct_position,
        min(case when not is_direct then position end) as first_non_direct_position,
        max(case when is_paid then position end) as last_paid_position,
        min(case when is_paid then position end) as first_paid_position
    from journeys
    group by conversion_key

),

channels as (

    select
        conversion_key,
        lead_channel_key,
        count(*) as touches
    from journeys
    group by conversion_key, lead_channel_key

),

played as (

    select
        journeys.*,
        landmarks.touches,
        landmarks.last_touched_at,
        landmarks.last_non_direct_position,
        landmarks.first_non_direct_position,
        landmarks.last_paid_position,
        landmarks.first_paid_position,
        channels.touches as touches_of_channel,
        journeys.position = 1 as plays_first,
        journeys.position = landmarks.lead_position as plays_lead,
        journeys.position = landmarks.opportunity_position as plays_opportunity,
        journeys.position = landmarks.customer_position as plays_customer,
        journeys.position = landmarks.touches as plays_last
    from journeys
    inner join landmarks on journeys.conversion_key = landmarks.conversion_key
    inner join channels
        on
            journeys.conversion_key = channels.conversion_key
            and journeys.lead_channel_key = channels.lead_channel_key

),

by_role as {{ materialized() }} (

    select
        played.*,
        {% for model in role_models() %}
            parameters.{{ model }}_middle,
            {{ weight_of_roles(model) | indent(12) }} as {{ model }}_of_roles
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from played
    cross join parameters

),

middles as (

    select
        conversion_key,
        {% for model in role_models() %}
            cast(
                max({{ model }}_middle)
                / nullif(count(case when {{ model }}_of_roles is null then 1 end), 0)
                as decimal(18, 17)
            ) as {{ model }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from by_role
    group by conversion_key

),

final as (

    select
        by_role.conversion_key,
        by_role.conversion_type,
        by_role.value,
        by_role.is_correction,
        by_role.touchpoint_key,
        by_role.lead_source_key,
        by_role.lead_channel_key,
        by_role.campaign_key,
        by_role.touched_at,
        by_role.converted_at,
        by_role.position,
        by_role.touches,
        {% for model in role_models() %}
            coalesce(by_role.{{ model }}_of_roles, middles.{{ model }}, 0) as {{ model }},
        {% endfor %}
        -- 2^(-age / half-life), with ages counted from the last touch: the common factor of a
        -- conversion cancels, and a short half-life cannot make every weight vanish.
        cast(
            power(
                cast(0.5 as double),
                (
                    {{ epoch_micros('by_role.last_touched_at') }}
                    - {{ epoch_micros('by_role.touched_at') }}
                )
                / (attribution.half_life_days * {{ micros_of_a_day() }})
            )
            as decimal(18, 17)
        ) as time_decay,
        cast(
            case
                when by_role.position = coalesce(by_role.last_non_direct_position, by_role.touches)
                    then 1
                else 0
            end as decimal(18, 17)
        ) as last_non_direct,
        cast(
            case
                when by_role.position = coalesce(by_role.first_non_direct_position, 1) then 1
                else 0
            end as decimal(18, 17)
        ) as first_non_direct,
        cast(
            case when by_role.position = by_role.last_paid_position then 1 else 0 end
            as decimal(18, 17)
        ) as last_paid,
        cast(
            case when by_role.position = by_role.first_paid_position then 1 else 0 end
            as decimal(18, 17)
        ) as first_paid,
        -- Each channel has the same weight, divided among its touches.
        cast(cast(1 as double) / by_role.touches_of_channel as decimal(18, 17))
            as shapley_coverage
    from by_role
    inner join middles on by_role.conversion_key = middles.conversion_key
    cross join attribution

)

select * from final
