{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Under every model that is computed, the credits total the conversions and their value, and both
-- attribution marts total the credits.
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

company as (

    select * from {{ ref('stg_ops__company') }}

),

computed_models as (

    select enabled.attribution_model
    from {{ ref('stg_ops__enabled_models') }} as enabled
    inner join {{ ref('dim_attribution_models') }} as declared
        on enabled.attribution_model = declared.attribution_model

),

conversion_months as (

    select
        {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }} as month,
        conversions.conversion_type,
        count(*) as conversions,
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

credited as (

    select
        credits.attribution_model,
        {{ month_of_moment('credits.converted_at', 'company.reporting_timezone') }} as month,
        credits.conversion_type,
        sum(credits.credit) as conversions,
        sum(coalesce(credits.credited_value, 0)) as value
    from credits
    cross join company
    group by
        credits.attribution_model,
        {{ month_of_moment('credits.converted_at', 'company.reporting_timezone') }},
        credits.conversion_type

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
        sum(first_touch_conversions) as first_touch,
        sum(last_touch_conversions) as last_touch,
        sum(linear_conversions) as linear,
        sum(position_based_conversions) as position_based,
        sum(time_decay_conversions) as time_decay
    from comparison
    group by dimension

),

comparison_models as (

    select
        dimension,
        'first_touch' as attribution_model,
        first_touch as conversions
    from comparison_sums
    union all
    select
        dimension,
        'last_touch' as attribution_model,
        last_touch as conversions
    from comparison_sums
    union all
    select
        dimension,
        'linear' as attribution_model,
        linear as conversions
    from comparison_sums
    union all
    select
        dimension,
        'position_based' as attribution_model,
        position_based as conversions
    from comparison_sums
    union all
    select
        dimension,
        'time_decay' as attribution_model,
        time_decay as conversions
    from comparison_sums

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

)

select * from final
