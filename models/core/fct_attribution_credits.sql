with

credits as (

    select * from {{ ref('int_attribution__credits') }}

),

enabled_models as (

    select * from {{ ref('stg_ops__enabled_models') }}

),

{# A touch without credit under a model has no row. #}
by_model as (

    {% for model in touch_level_models() %}
        select
            conversion_key,
            touchpoint_key,
            '{{ model }}' as attribution_model,
            conversion_type,
            lead_source_key,
            lead_channel_key,
            campaign_key,
            {{ model }} as credit,
            {{ model }}_value as credited_value,
            touched_at,
            converted_at
        from credits
        where {{ model }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        ---------- ids
        by_model.conversion_key,
        by_model.touchpoint_key,
        by_model.attribution_model,
        by_model.conversion_type,
        by_model.lead_source_key,
        by_model.lead_channel_key,
        by_model.campaign_key,

        ---------- numerics
        by_model.credit,
        by_model.credited_value,

        ---------- timestamps
        by_model.touched_at,
        by_model.converted_at
    from by_model
    inner join enabled_models on by_model.attribution_model = enabled_models.attribution_model

)

select * from final
