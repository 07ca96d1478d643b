{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Under every model that is computed, the credits total the conversions and their value, and both
-- attribution marts total the credits. Channel-level models are compared over all time.
with

credits as (

    select * from {{ ref('fct_attribution_credits') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

performance as (

    select * from {{ ref('attribution_performance') }}

),

comparison as (

    select * from {{ ref('attribution_model_comparison') }}

),

channel_attribution as (

    select * from {{ ref('fct_channel_attribution') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

computed_models as (

    select enabled.attribution_model
    from {{ ref('stg_ops__enabled_models') }} as enabled
    inner join {{ ref('dim_attribution_models') }} as declared
        on enabled.attribution_model = declared.attribution_model
    where declared.family <> 'channel'

),

conversion_months as (

    select
        {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }} as month,
        conversions.conversion_type,
        count(case when not conversions.is_correction then 1 end) as conversions,
        sum(coalesce(conversions.value, 0)) as value
    from conversions
    cross join company
    group by
        {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }},
        conversions.conversion_type

),

expected as (

    select
        computed_models.attribution_model,
        conversion_months.month,
        conversion_months.conversion_type,
        conversion_months.conversions,
        conversion_months.value
    from conversion_months
    cross join computed_models

),

-- A conversion's moment is on every credit of it; its month is found once.
credit_months as (

    select
        moments.converted_at,
        {{ month_of_moment('moments.converted_at', 'company.reporting_timezone') }} as month
    from (select distinct converted_at from credits) as moments
    cross join company

),

credited as (

    select
        credits.attribution_model,
        credit_months.month,
        credits.conversion_type,
        sum(case when credits.is_correction then 0 else credits.credit end) as conversions,
        sum(coalesce(credits.credited_value, 0)) as value
    from credits
    inner join credit_months on credits.converted_at = credit_months.converted_at
    group by credits.attribution_model, credit_months.month, credits.conversion_type

),

compared as (

    select
        coalesce(expected.attribution_model, credited.attribution_model) as attribution_model,
        coalesce(expected.month, credited.month) as month,
        coalesce(expected.conversion_type, credited.conversion_type) as conversion_type,
        coalesce(expected.conversions, 0) as conversions,
        coalesce(expected.value, 0) as value,
        coalesce(credited.conversions, 0) as credited_conversions,
        coalesce(credited.value, 0) as credited_value
    from expected
    full outer join credited
        on
            expected.attribution_model = credited.attribution_model
            and expected.month = credited.month
            and expected.conversion_type = credited.conversion_type

),

model_sums as (

    select
        attribution_model,
        sum(credited_conversions) as conversions,
        sum(credited_value) as value
    from compared
    group by attribution_model

),

-- A dimension at a time: each totals everything.
channel_sums as (

    select
        attribution_model,
        dimension,
        sum(conversions) as conversions,
        sum(coalesce(value, 0)) as value
    from channel_attribution
    group by attribution_model, dimension

),

conversion_sums as (

    select
        sum(conversions) as conversions,
        sum(value) as value
    from conversion_months

),

performance_sums as (

    select
        attribution_model,
        basis,
        sum(conversions) as conversions,
        sum(coalesce(value, 0)) as value
    from performance
    group by attribution_model, basis

),

comparison_sums as (

    select
        dimension,
        {% for model in touch_level_models() + channel_level_models() %}
            sum({{ model }}_conversions) as {{ model }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from comparison
    group by dimension

),

comparison_models as (

    {% for model in touch_level_models() + channel_level_models() %}
        select
            dimension,
            '{{ model }}' as attribution_model,
            {{ model }} as conversions
        from comparison_sums
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        'conversions_vs_credits' as check_name,
        cast(month as {{ dbt.type_string() }}) as period,
        attribution_model || ' ' || conversion_type as subject,
        'conversions' as unit,
        conversions as left_side,
        credited_conversions as right_side,
        'error' as severity
    from compared
    union all
    select
        'value_vs_credited_value' as check_name,
        cast(compared.month as {{ dbt.type_string() }}) as period,
        compared.attribution_model || ' ' || compared.conversion_type as subject,
        company.reporting_currency as unit,
        compared.value as left_side,
        compared.credited_value as right_side,
        'error' as severity
    from compared
    cross join company
    union all
    select
        'credits_fact_vs_mart' as check_name,
        'all' as period,
        'attribution_performance ' || model_sums.attribution_model || ' ' || performance_sums.basis
            as subject,
        'conversions' as unit,
        model_sums.conversions as left_side,
        performance_sums.conversions as right_side,
        'error' as severity
    from model_sums
    inner join performance_sums
        on model_sums.attribution_model = performance_sums.attribution_model
    union all
    select
        'credited_value_fact_vs_mart' as check_name,
        'all' as period,
        'attribution_performance ' || model_sums.attribution_model || ' ' || performance_sums.basis
            as subject,
        company.reporting_currency as unit,
        model_sums.value as left_side,
        performance_sums.value as right_side,
        'error' as severity
    from model_sums
    inner join performance_sums
        on model_sums.attribution_model = performance_sums.attribution_model
    cross join company
    union all
    select
        'credits_fact_vs_mart' as check_name,
        'all' as period,
        'attribution_model_comparison '
        || model_sums.attribution_model || ' ' || comparison_models.dimension as subject,
        'conversions' as unit,
        model_sums.conversions as left_side,
        comparison_models.conversions as right_side,
        'error' as severity
    from model_sums
    inner join comparison_models
        on model_sums.attribution_model = comparison_models.attribution_model
    union all
    select
        'conversions_vs_channel_attribution' as check_name,
        'all' as period,
        channel_sums.attribution_model || ' ' || channel_sums.dimension as subject,
        'conversions' as unit,
        conversion_sums.conversions as left_side,
        channel_sums.conversions as right_side,
        'error' as severity
    from channel_sums
    cross join conversion_sums
    union all
    select
        'value_vs_channel_attribution' as check_name,
        'all' as period,
        channel_sums.attribution_model || ' ' || channel_sums.dimension as subject,
        company.reporting_currency as unit,
        conversion_sums.value as left_side,
        channel_sums.value as right_side,
        'error' as severity
    from channel_sums
    cross join conversion_sums
    cross join company
    union all
    select
        'credits_fact_vs_mart' as check_name,
        'all' as period,
        'attribution_model_comparison '
        || channel_sums.attribution_model || ' ' || channel_sums.dimension as subject,
        'conversions' as unit,
        channel_sums.conversions as left_side,
        comparison_models.conversions as right_side,
        'error' as severity
    from channel_sums
    inner join comparison_models
        on
            channel_sums.attribution_model = comparison_models.attribution_model
            and channel_sums.dimension = comparison_models.dimension

)

select * from final
