-- Estimates are doubles; what is published adds up exactly: the member with the most conversions
-- takes the residue, and conversions without an eligible touch are unattributed. A correction is no
-- conversion; its value belongs to what it corrects.
with

estimates as (

    select estimates.*
    from {{ ref('int_attribution__channel_estimates') }} as estimates
    inner join {{ ref('stg_ops__enabled_models') }} as enabled_models
        on estimates.attribution_model = enabled_models.attribution_model

),

models as (

    select attribution_models.attribution_model
    from {{ ref('attribution_models') }} as attribution_models
    inner join {{ ref('stg_ops__enabled_models') }} as enabled_models
        on attribution_models.attribution_model = enabled_models.attribution_model
    where attribution_models.family = 'channel'

),

dimensions as (

    select 'lead_source' as dimension
    union all
    select 'lead_channel' as dimension

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

journeys as (

    select path_number
    from {{ ref('int_attribution__steps') }}
    where conversion_type is not null and previous_place is null

),

totals as (

    select
        conversions.conversion_type,
        cast(
            count(case when not conversions.is_correction then journeys.path_number end)
            as decimal(28, 12)
        ) as conversions,
        cast(
            sum(case when journeys.path_number is not null then conversions.value end)
            as decimal(18, 6)
        ) as value,
        cast(
            count(
                case
                    when journeys.path_number is null and not conversions.is_correction then 1
                end
            ) as decimal(28, 12)
        ) as unattributed_conversions,
        cast(
            sum(case when journeys.path_number is null then conversions.value end)
            as decimal(18, 6)
        ) as unattributed_value
    from conversions
    left join journeys
        on
            {{ hash_bigint(
                'coalesce(conversions.corrects_conversion_key, conversions.conversion_key)'
            ) }} = journeys.path_number
    group by conversions.conversion_type

),

ranked as (

    select
        attribution_model,
        conversion_type,
        dimension,
        member_key,
        removal_effect,
        removal_effect_low,
        removal_effect_high,
        cast(conversions as decimal(28, 12)) as conversions,
        cast(conversions_low as decimal(28, 12)) as conversions_low,
        cast(conversions_high as decimal(28, 12)) as conversions_high,
        cast(value as decimal(18, 6)) as value,
        cast(value_low as decimal(18, 6)) as value_low,
        cast(value_high as decimal(18, 6)) as value_high,
        standard_error,
        row_number() over (
            partition by attribution_model, conversion_type, dimension
            order by conversions desc, member_key asc
        ) as row_rank
    from estimates

),

rounded as (

    select
        attribution_model,
        conversion_type,
        dimension,
        cast(sum(conversions) as decimal(28, 12)) as conversions,
        cast(sum(value) as decimal(28, 6)) as value
    from ranked
    group by attribution_model, conversion_type, dimension

),

final as (

    select
        ranked.attribution_model,
        ranked.conversion_type,
        ranked.dimension,
        ranked.member_key,
        cast(
            case
                when ranked.row_rank = 1
                    then ranked.conversions + totals.conversions - rounded.conversions
                else ranked.conversions
            end as decimal(28, 12)
        ) as conversions,
        ranked.conversions_low,
        ranked.conversions_high,
        cast(
            case
                when totals.value is null then null
                when ranked.row_rank = 1 then ranked.value + totals.value - rounded.value
                else ranked.value
            end as decimal(18, 6)
        ) as value,
        case when totals.value is not null then ranked.value_low end as value_low,
        case when totals.value is not null then ranked.value_high end as value_high,
        ranked.removal_effect,
        ranked.removal_effect_low,
        ranked.removal_effect_high,
        ranked.standard_error
    from ranked
    inner join rounded
        on
            ranked.attribution_model = rounded.attribution_model
            and ranked.conversion_type = rounded.conversion_type
            and ranked.dimension = rounded.dimension
    inner join totals on ranked.conversion_type = totals.conversion_type

    union all

    select
        models.attribution_model,
        totals.conversion_type,
        dimensions.dimension,
        'unattributed' as member_key,
        totals.unattributed_conversions as conversions,
        cast(null as decimal(28, 12)) as conversions_low,
        cast(null as decimal(28, 12)) as conversions_high,
        totals.unattributed_value as value,
        cast(null as decimal(18, 6)) as value_low,
        cast(null as decimal(18, 6)) as value_high,
        cast(null as double) as removal_effect,
        cast(null as double) as removal_effect_low,
        cast(null as double) as removal_effect_high,
        cast(null as double) as standard_error
    from totals
    cross join models
    cross join dimensions
    where totals.unattributed_conversions > 0 or totals.unattributed_value is not null

)

select * from final
