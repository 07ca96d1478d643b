-- Models that look only at a touch's place. With one touch it takes all; with two there is no
-- middle, and first and last are renormalised (equal where a model gives neither anything).
with

journeys as (

    select * from {{ ref('int_attribution__journeys') }}

),

models as (

    select attribution_models.*
    from {{ ref('attribution_models') }} as attribution_models
    inner join {{ ref('stg_ops__enabled_models') }} as enabled_models
        on attribution_models.attribution_model = enabled_models.attribution_model
    where attribution_models.family in ('position', 'even')

),

weighed as (

    select
        journeys.conversion_key,
        journeys.touchpoint_key,
        models.attribution_model,
        journeys.position,
        case
            when models.family = 'even' or journeys.touches = 1 then 1
            when journeys.touches = 2 and models.first_weight + models.last_weight = 0 then 1
            when journeys.position = 1 then models.first_weight
            when journeys.position = journeys.touches then models.last_weight
            else models.middle_weight / (journeys.touches - 2)
        end as weight
    from journeys
    cross join models

),

final as (

    select
        conversion_key,
        touchpoint_key,
        attribution_model,
        position,
        cast(weight as decimal(20, 18)) as weight
    from weighed
    where weight > 0

)

select * from final
