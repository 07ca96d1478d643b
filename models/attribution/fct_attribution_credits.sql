-- The wide table with a row for each model. It is a view in the published file as well, so it names
-- no database.
{{ config(materialized='view') }}

with

final as (

    {% for model in touch_level_models() %}
        select
            ---------- ids
            conversion_key,
            touchpoint_key,
            '{{ model }}' as attribution_model,
            conversion_type,
            lead_source_key,
            lead_channel_key,
            campaign_key,

            ---------- numerics
            {{ model }} as credit,
            {{ model }}_value as credited_value,

            ---------- booleans
            is_correction,

            ---------- timestamps
            touched_at,
            converted_at
        from {{ ref('fct_attribution_credits_wide').include(database=false) }}
        -- A touch that a model gives nothing has no row.
        where {{ model }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
