{{ config(meta={'dagster': {'ref': {'name': 'fct_attribution_credits'}}}) }}

-- Returns rows = failure. The credits of a conversion and model are not exactly 1, its credited
-- values not exactly its value, or the conversion is missing in a model.
with

conversions as (

    select * from {{ ref('fct_conversions') }}

),

models as (

    select attribution_model from {{ ref('dim_attribution_models') }}
    where is_enabled and family <> 'channel'

),

credited as (

    select
        conversion_key,
        attribution_model,
        sum(credit) as credit,
        sum(credited_value) as credited_value
    from {{ ref('fct_attribution_credits') }}
    group by conversion_key, attribution_model

)

select
    conversions.conversion_key,
    models.attribution_model,
    conversions.value,
    credited.credit,
    credited.credited_value
from conversions
cross join models
left join credited
    on
        conversions.conversion_key = credited.conversion_key
        and models.attribution_model = credited.attribution_model
where
    credited.credit is null
    or credited.credit <> 1
    or (conversions.value is null and credited.credited_value is not null)
    or (conversions.value is not null and credited.credited_value is null)
    or credited.credited_value <> conversions.value
