with

attribution_models as (

    select * from {{ ref('attribution_models') }}

),

enabled_models as (

    select * from {{ ref('stg_ops__enabled_models') }}

),

role_weights as (

    select * from {{ ref('int_attribution__role_weights') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

final as (

    select
        attribution_models.attribution_model,
        attribution_models.name_en,
        attribution_models.name_sv,
        attribution_models.family,
        attribution_models.definition,
        case
            when attribution_models.family = 'role'
                then trim(
                    {% for role in touch_roles() + ['middle'] %}
                        coalesce(
                            '{{ role }} '
                            || cast(
                                cast(role_weights.{{ role }}_weight as double)
                                as {{ dbt.type_string() }}
                            )
                            || ' ',
                            ''
                        )
                        {%- if not loop.last %} ||{% endif %}
                    {% endfor %}
                )
            when attribution_models.family = 'decay'
                then
                    'half_life_days '
                    || cast(attribution.half_life_days as {{ dbt.type_string() }})
            when attribution_models.family = 'channel'
                then
                    'resamples '
                    || cast(attribution.resamples as {{ dbt.type_string() }})
                    || ' seed '
                    || cast(attribution.seed as {{ dbt.type_string() }})
            else ''
        end as parameters,
        cast(attribution_models.version as integer) as version,
        enabled_models.attribution_model is not null as is_enabled
    from attribution_models
    left join enabled_models
        on attribution_models.attribution_model = enabled_models.attribution_model
    left join role_weights
        on attribution_models.attribution_model = role_weights.attribution_model
    cross join attribution

)

select * from final
