{{ config(meta={'dagster': {'ref': {'name': 'fct_channel_attribution'}}}) }}

-- Returns rows = failure. A channel-level model does not total the conversions or the value of a
-- type in a dimension, or leaves the type out.
with

conversions as (

    select
        conversion_type,
        count(case when not is_correction then 1 end) as conversions,
        sum(value) as value
    from {{ ref('fct_conversions') }}
    group by conversion_type

),

models as (

    select attribution_model from {{ ref('dim_attribution_models') }}
    where is_enabled and family = 'channel'

),

dimensions as (

    select 'lead_source' as dimension
    union all
    select 'lead_channel' as dimension

),

attributed as (

    select
        attribution_model,
        conversion_type,
        dimension,
        sum(conversions) as conversions,
        sum(value) as value
    from {{ ref('fct_channel_attribution') }}
    group by attribution_model, conversion_type, dimension

)

select
    models.attribution_model,
    conversions.conversion_type,
    dimensions.dimension,
    conversions.conversions,
    conversions.value,
    attributed.conversions as attributed_conversions,
    attributed.value as attributed_value
from conversions
cross join models
cross join dimensions
left join attributed
    on
        models.attribution_model = attributed.attribution_model
        and conversions.conversion_type = attributed.conversion_type
        and dimensions.dimension = attributed.dimension
where
    attributed.conversions is null
    or attributed.conversions <> conversions.conversions
    or coalesce(attributed.value, 0) <> coalesce(conversions.value, 0)
