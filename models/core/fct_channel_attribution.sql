-- The seed has no channel-level model yet, so there is nothing to compute and the table is empty.
with

models as (

    select * from {{ ref('attribution_models') }}
    where family = 'channel'

),

final as (

    select
        attribution_model,
        cast(null as {{ dbt.type_string() }}) as conversion_type,
        cast(null as {{ dbt.type_string() }}) as dimension,
        cast(null as {{ dbt.type_string() }}) as member_key,
        cast(null as decimal(28, 12)) as conversions,
        cast(null as decimal(18, 6)) as value,
        cast(null as double) as removal_effect
    from models
    where 1 = 0

)

select * from final
