-- Refreshed for the conversions that changed, and for markov_path as a whole.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_stale('conversion_key', \"attribution_model = 'markov_path'\") }}"
) }}

with

credits as (

    select credits.*
    from {{ ref('int_attribution__credits') }} as credits
    inner join {{ ref('int_attribution__stale_paths') }} as stale_paths
        on credits.conversion_key = stale_paths.path_key

),

enabled_models as (

    select * from {{ ref('stg_ops__enabled_models') }}

),

removal_credits as (

    select * from {{ ref('int_attribution__removal_credits') }}

),

{# A touch without credit under a model has no row. #}
by_model as (

    {% for model in journey_models() %}
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
        union all
    {% endfor %}
    select
        conversion_key,
        touchpoint_key,
        'markov_path' as attribution_model,
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        markov_path as credit,
        markov_path_value as credited_value,
        touched_at,
        converted_at
    from removal_credits

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
