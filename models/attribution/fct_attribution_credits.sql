-- The wide table with a row for each model, and markov_path. It is a view in the published file as
-- well, so it names no database.
{{ config(materialized='view') }}

with

final as (

    {% for model in touch_level_models() %}
        {% set stored = 'credit' if model == 'markov_path' else model %}
        {% set value = 'credited_value' if model == 'markov_path' else model ~ '_value' %}
        {% set table = 'removal_credits' if model == 'markov_path' else 'credits_wide' %}
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
            {{ stored }} as credit,
            {{ value }} as credited_value,

            ---------- booleans
            is_correction,

            ---------- timestamps
            touched_at,
            converted_at
        from {{ ref('fct_attribution_' ~ table).include(database=false) }}
        -- A touch that a model gives nothing has no row.
        where {{ stored }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
