with

credits as (

    select * from {{ ref('int_attribution__credits') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

models as (

    select attribution_models.attribution_model
    from {{ ref('attribution_models') }} as attribution_models
    inner join {{ ref('stg_ops__enabled_models') }} as enabled_models
        on attribution_models.attribution_model = enabled_models.attribution_model

),

-- A conversion that a model credits to no touch stays whole, on the touchpoint `unattributed`.
credited_conversions as (

    select
        conversion_key,
        attribution_model
    from credits
    group by conversion_key, attribution_model

),

unattributed as (

    select
        conversions.conversion_key,
        'unattributed' as touchpoint_key,
        models.attribution_model,
        cast(1 as decimal(18, 12)) as credit,
        conversions.value as credited_value
    from conversions
    cross join models
    left join credited_conversions
        on
            conversions.conversion_key = credited_conversions.conversion_key
            and models.attribution_model = credited_conversions.attribution_model
    where credited_conversions.conversion_key is null

),

all_credits as (

    select * from credits
    union all
    select * from unattributed

),

final as (

    select
        ---------- ids
        all_credits.conversion_key,
        all_credits.touchpoint_key,
        all_credits.attribution_model,
        conversions.conversion_type,
        touchpoints.lead_source_key,
        touchpoints.lead_channel_key,
        touchpoints.campaign_key,

        ---------- numerics
        all_credits.credit,
        all_credits.credited_value,

        ---------- timestamps
        touchpoints.occurred_at as touched_at,
        conversions.occurred_at as converted_at
    from all_credits
    inner join conversions on all_credits.conversion_key = conversions.conversion_key
    inner join touchpoints on all_credits.touchpoint_key = touchpoints.touchpoint_key

)

select * from final
