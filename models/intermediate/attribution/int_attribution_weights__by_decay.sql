-- 2^(-age / half-life), with ages counted from the last touch: the common factor of a conversion
-- cancels, and a short half-life cannot make every weight vanish.
with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

models as (

    select attribution_models.*
    from {{ ref('attribution_models') }} as attribution_models
    inner join {{ ref('stg_ops__enabled_models') }} as enabled_models
        on attribution_models.attribution_model = enabled_models.attribution_model
    where attribution_models.family = 'decay'

),

weighed as (

    select
        journeys.conversion_key,
        journeys.touchpoint_key,
        models.attribution_model,
        journeys.position,
        cast(
            power(
                cast(0.5 as double),
                (
                    {{ epoch_micros('journeys.last_touched_at') }}
                    - {{ epoch_micros('journeys.touched_at') }}
                )
                / (attribution.half_life_days * 86400000000)
            )
            as decimal(20, 18)
        ) as weight
    from journeys
    cross join attribution
    cross join models

),

final as (

    select
        conversion_key,
        touchpoint_key,
        attribution_model,
        position,
        weight
    from weighed
    where weight > 0

)

select * from final
