with

attribution_models as (

    select * from {{ ref('attribution_models') }}

),

enabled_models as (

    select * from {{ ref('stg_ops__enabled_models') }}

),

final as (

    select
        attribution_models.attribution_model,
        attribution_models.name_en,
        attribution_models.name_sv,
        attribution_models.family,
        attribution_models.description,
        enabled_models.attribution_model is not null as is_enabled
    from attribution_models
    left join enabled_models
        on attribution_models.attribution_model = enabled_models.attribution_model

)

select * from final
