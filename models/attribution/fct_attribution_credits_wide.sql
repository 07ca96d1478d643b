-- What fct_attribution_credits reads: a row per touch instead of one per touch and model, which
-- keeps the keys once. A model that is not enabled has no credits.
with

credits as (

    select * from {{ ref('int_attribution__credits') }}

),

removal_credits as (

    select * from {{ ref('int_attribution__removal_credits') }}

),

-- One row: whether each model is enabled.
enabled as (

    select
        {% for model in touch_level_models() %}
            coalesce(max(case when attribution_model = '{{ model }}' then 1 end), 0) = 1
                as {{ model }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('stg_ops__enabled_models') }}

),

by_touch as (

    select
        credits.conversion_key,
        credits.touchpoint_key,
        credits.conversion_type,
        credits.lead_source_key,
        credits.lead_channel_key,
        credits.campaign_key,
        {% for model in journey_models() %}
            case when enabled.{{ model }} then credits.{{ model }} end as {{ model }},
            case when enabled.{{ model }} then credits.{{ model }}_value end
                as {{ model }}_value,
        {% endfor %}
        case when enabled.markov_path then removal_credits.markov_path end as markov_path,
        case when enabled.markov_path then removal_credits.markov_path_value end
            as markov_path_value,
        credits.is_correction,
        credits.touched_at,
        credits.converted_at
    from credits
    left join removal_credits
        on
            credits.conversion_key = removal_credits.conversion_key
            and credits.touchpoint_key = removal_credits.touchpoint_key
    cross join enabled

),

final as (

    select
        ---------- ids
        conversion_key,
        touchpoint_key,
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,

        ---------- numerics
        {% for model in touch_level_models() %}
            {{ model }},
            {{ model }}_value,
        {% endfor %}

        ---------- booleans
        is_correction,

        ---------- timestamps
        touched_at,
        converted_at
    from by_touch
    -- A touch that no model gives anything has no row.
    where
        {% for model in touch_level_models() %}
            {% if not loop.first %}or {% endif %}{{ model }} is not null
        {% endfor %}

)

select * from final
