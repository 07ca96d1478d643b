-- What each model gives a touch before the weights of a conversion are normalised: one column per
-- model, because every one of them is a window over the same journey. Weights are DECIMAL, so
-- their sums do not depend on the order in which threads add them.
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

placed as (

    select
        journeys.*,
        count(*) over (journey) as touches,
        max(journeys.touched_at) over (journey) as last_touched_at,
        max(case when journeys.is_before_lead then journeys.position end) over (journey)
            as lead_position,
        max(case when journeys.is_before_opportunity then journeys.position end) over (journey)
            as opportunity_position,
        max(case when journeys.is_before_customer then journeys.position end) over (journey)
            as customer_position,
        max(case when not journeys.is_direct then journeys.position end) over (journey)
            as last_non_direct_position,
        min(case when not journeys.is_direct then journeys.position end) over (journey)
            as first_non_direct_position,
        max(case when journeys.is_paid then journeys.position end) over (journey)
            as last_paid_position,
        min(case when journeys.is_paid then journeys.position end) over (journey)
            as first_paid_position,
        count(*) over (
            partition by journeys.conversion_key, journeys.lead_channel_key
        ) as touches_of_channel
    from journeys
    window journey as (partition by journeys.conversion_key)

),

played as (

    select
        placed.*,
        placed.position = 1 as plays_first,
        placed.position = placed.lead_position as plays_lead,
        placed.position = placed.opportunity_position as plays_opportunity,
        placed.position = placed.customer_position as plays_customer,
        placed.position = placed.touches as plays_last
    from placed

),

by_role as (

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

final as (

    select
        by_role.conversion_key,
        by_role.conversion_type,
        by_role.value,
        by_role.touchpoint_key,
        by_role.lead_source_key,
        by_role.lead_channel_key,
        by_role.campaign_key,
        by_role.touched_at,
        by_role.converted_at,
        by_role.position,
        by_role.touches,
        {% for model in role_models() %}
            coalesce(
                by_role.{{ model }}_of_roles,
                cast(
                    by_role.{{ model }}_middle
                    / count(case when by_role.{{ model }}_of_roles is null then 1 end)
                        over (partition by by_role.conversion_key)
                    as decimal(20, 18)
                ),
                0
            ) as {{ model }},
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
                / (attribution.half_life_days * 86400000000)
            )
            as decimal(20, 18)
        ) as time_decay,
        cast(
            case
                when by_role.position = coalesce(by_role.last_non_direct_position, by_role.touches)
                    then 1
                else 0
            end as decimal(20, 18)
        ) as last_non_direct,
        cast(
            case
                when by_role.position = coalesce(by_role.first_non_direct_position, 1) then 1
                else 0
            end as decimal(20, 18)
        ) as first_non_direct,
        cast(
            case when by_role.position = by_role.last_paid_position then 1 else 0 end
            as decimal(20, 18)
        ) as last_paid,
        cast(
            case when by_role.position = by_role.first_paid_position then 1 else 0 end
            as decimal(20, 18)
        ) as first_paid,
        -- Each channel has the same weight, divided among its touches.
        cast(
            cast(1 as decimal(20, 18)) / by_role.touches_of_channel as decimal(20, 18)
        ) as shapley_coverage
    from by_role
    cross join attribution

)

select * from final
