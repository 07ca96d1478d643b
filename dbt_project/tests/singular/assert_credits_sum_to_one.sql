{{ config(meta={'dagster': {'ref': {'name': 'fct_attribution_credits'}}}) }}

-- Returns rows = failure. The credits of a conversion and model are not exactly 1, its credited
-- values not exactly its value, or the conversion is missing in a model. Summed where they are
-- stored, a column for each model; meta.reconciliation sums the view.
with

conversions as (

    select * from {{ ref('fct_conversions') }}

),

models as (

    select attribution_model from {{ ref('dim_attribution_models') }}
    where is_enabled and family <> 'channel'

),

credited as (

    select
        conversion_key,
        {% for model in journey_models() %}
            sum({{ model }}) as {{ model }},
            sum({{ model }}_value) as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('fct_attribution_credits_wide') }}
    group by conversion_key

),

credited_by_removal as (

    select
        conversion_key,
        sum(credit) as markov_path,
        sum(credited_value) as markov_path_value
    from {{ ref('fct_attribution_removal_credits') }}
    group by conversion_key

),

compared as {{ materialized() }} (

    select
        conversions.conversion_key,
        conversions.value,
        {% for model in journey_models() %}
            credited.{{ model }},
            credited.{{ model }}_value,
        {% endfor %}
        credited_by_removal.markov_path,
        credited_by_removal.markov_path_value
    from conversions
    left join credited on conversions.conversion_key = credited.conversion_key
    left join credited_by_removal
        on conversions.conversion_key = credited_by_removal.conversion_key

),

by_model as (

    {% for model in touch_level_models() %}
        select
            conversion_key,
            '{{ model }}' as attribution_model,
            value,
            {{ model }} as credit,
            {{ model }}_value as credited_value
        from compared
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    by_model.conversion_key,
    by_model.attribution_model,
    by_model.value,
    by_model.credit,
    by_model.credited_value
from by_model
inner join models on by_model.attribution_model = models.attribution_model
where
    by_model.credit is null
    or by_model.credit <> 1
    or (by_model.value is null and by_model.credited_value is not null)
    or (by_model.value is not null and by_model.credited_value is null)
    or by_model.credited_value <> by_model.value
