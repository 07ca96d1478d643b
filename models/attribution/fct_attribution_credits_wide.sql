{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_stale(hash_bigint('conversion_key')) }}"
) }}

-- Weights become shares of one conversion: rounded to 12 decimals, values to 6, and the residue of
-- both belongs to the last touch with weight, so that sums are exact. What a model credits to no
-- touch is unattributed, and a model that is not enabled credits nothing. Shares and their values
-- are divided and multiplied as doubles, which round the same everywhere: 128-bit decimals took 15
-- times as long.
with

weights as {{ materialized() }} (

    select * from {{ ref('int_attribution__weights') }}

),

conversions as (

    select conversions.*
    from {{ ref('fct_conversions') }} as conversions
    inner join {{ ref('int_attribution__stale_paths') }} as stale_paths
        on {{ hash_bigint('conversions.conversion_key') }} = stale_paths.path_number

),

-- One row: whether each model is enabled.
enabled as (

    select
        {% for model in journey_models() %}
            coalesce(max(case when attribution_model = '{{ model }}' then 1 end), 0) = 1
                as {{ model }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('stg_ops__enabled_models') }}

),

-- Where none of the roles that a model weighs is played, nothing distinguishes the touches.
totals as {{ materialized() }} (

    select
        conversion_key,
        {% for model in journey_models() %}
            cast(sum({{ model }}) as double) as {{ model }}_total,
            {% if model in role_models() %}
                coalesce(max(case when {{ model }} > 0 then position end), max(position))
            {% else %}
                max(case when {{ model }} > 0 then position end)
            {% endif %}
                as {{ model }}_last
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from weights
    group by conversion_key

),

-- Of every touch but the last one with weight.
shares as (

    select
        weights.conversion_key,
        weights.conversion_type,
        weights.value,
        weights.is_correction,
        weights.touchpoint_key,
        weights.lead_source_key,
        weights.lead_channel_key,
        weights.campaign_key,
        weights.touched_at,
        weights.converted_at,
        weights.position = weights.touches as is_last,
        {% for model in journey_models() %}
            case
                when weights.position = totals.{{ model }}_last then null
                when weights.{{ model }} > 0
                    then cast(
                        cast(weights.{{ model }} as double) / totals.{{ model }}_total
                        as decimal(18, 12)
                    )
                {% if model in role_models() %}
                    when totals.{{ model }}_total = 0
                        then cast(cast(1 as double) / weights.touches as decimal(18, 12))
                {% endif %}
            end as {{ model }},
            coalesce(weights.position = totals.{{ model }}_last, false) as {{ model }}_is_last
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from weights
    inner join totals on weights.conversion_key = totals.conversion_key

),

valued as {{ materialized() }} (

    select
        shares.*,
        {% for model in journey_models() %}
            cast(
                cast(shares.value as double) * cast({{ model }} as double) as decimal(18, 6)
            ) as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from shares

),

remainders as (

    select
        conversion_key,
        {% for model in journey_models() %}
            cast(1 - coalesce(sum({{ model }}), 0) as decimal(18, 12)) as {{ model }},
            cast(max(value) - coalesce(sum({{ model }}_value), 0) as decimal(18, 6))
                as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from valued
    group by conversion_key

),

credits as (

    select
        valued.conversion_key,
        valued.conversion_type,
        valued.is_correction,
        valued.touchpoint_key,
        valued.lead_source_key,
        valued.lead_channel_key,
        valued.campaign_key,
        valued.touched_at,
        valued.converted_at,
        valued.is_last,
        {% for model in journey_models() %}
            case
                when valued.{{ model }}_is_last then remainders.{{ model }}
                else valued.{{ model }}
            end as {{ model }},
            case
                when valued.{{ model }}_is_last then remainders.{{ model }}_value
                else valued.{{ model }}_value
            end as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from valued
    inner join remainders on valued.conversion_key = remainders.conversion_key

    union all

    select
        conversions.conversion_key,
        conversions.conversion_type,
        conversions.is_correction,
        'unattributed' as touchpoint_key,
        'unattributed' as lead_source_key,
        'unattributed' as lead_channel_key,
        'unattributed' as campaign_key,
        cast(null as timestamp) as touched_at,
        conversions.occurred_at as converted_at,
        totals.conversion_key is null as is_last,
        {% for model in journey_models() %}
            case when totals.{{ model }}_last is null then cast(1 as decimal(18, 12)) end
                as {{ model }},
            case when totals.{{ model }}_last is null then conversions.value end
                as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from conversions
    left join totals on conversions.conversion_key = totals.conversion_key
    where
        totals.conversion_key is null
        {% for model in journey_models() %}
            or totals.{{ model }}_last is null
        {% endfor %}

),

final as (

    select
        ---------- ids
        credits.conversion_key,
        credits.touchpoint_key,
        credits.conversion_type,
        credits.lead_source_key,
        credits.lead_channel_key,
        credits.campaign_key,

        ---------- numerics
        {% for model in journey_models() %}
            case when enabled.{{ model }} then credits.{{ model }} end as {{ model }},
            case when enabled.{{ model }} then credits.{{ model }}_value end
                as {{ model }}_value,
        {% endfor %}

        ---------- booleans
        credits.is_correction,
        credits.is_last,

        ---------- timestamps
        credits.touched_at,
        credits.converted_at
    from credits
    cross join enabled

)

select * from final
