-- Refreshed for the conversions that changed, and for markov_path as a whole.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_stale(hash_bigint('conversion_key'), \"attribution_model = 'markov_path'\") }}"
) }}

-- The rows of a touch come one after the other: written model by model, the same keys took half as
-- much time again to compress.
with

credits as (

    select credits.*
    from {{ ref('int_attribution__credits') }} as credits
    inner join {{ ref('int_attribution__stale_paths') }} as stale_paths
        on {{ hash_bigint('credits.conversion_key') }} = stale_paths.path_number

),

enabled_models as (

    select
        attribution_model,
        case attribution_model
            {% for model in journey_models() %}
                when '{{ model }}' then {{ loop.index }}
            {% endfor %}
        end as model_number
    from {{ ref('stg_ops__enabled_models') }}

),

removal_credits as (

    select * from {{ ref('int_attribution__removal_credits') }}

),

by_model as (

    select
        credits.conversion_key,
        credits.touchpoint_key,
        enabled_models.attribution_model,
        credits.conversion_type,
        credits.is_correction,
        credits.lead_source_key,
        credits.lead_channel_key,
        credits.campaign_key,
        case enabled_models.model_number
            {% for model in journey_models() %}
                when {{ loop.index }} then credits.{{ model }}
            {% endfor %}
        end as credit,
        case enabled_models.model_number
            {% for model in journey_models() %}
                when {{ loop.index }} then credits.{{ model }}_value
            {% endfor %}
        end as credited_value,
        credits.touched_at,
        credits.converted_at
    from credits
    cross join enabled_models
    where enabled_models.model_number is not null

    union all

    select
        removal_credits.conversion_key,
        removal_credits.touchpoint_key,
        enabled_models.attribution_model,
        removal_credits.conversion_type,
        removal_credits.is_correction,
        removal_credits.lead_source_key,
        removal_credits.lead_channel_key,
        removal_credits.campaign_key,
        removal_credits.markov_path as credit,
        removal_credits.markov_path_value as credited_value,
        removal_credits.touched_at,
        removal_credits.converted_at
    from removal_credits
    inner join enabled_models on enabled_models.attribution_model = 'markov_path'

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

        ---------- booleans
        by_model.is_correction,

        ---------- timestamps
        by_model.touched_at,
        by_model.converted_at
    from by_model
    -- A touch that a model gives nothing has no row.
    where by_model.credit is not null

)

select * from final
