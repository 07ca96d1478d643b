with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

),

money_spent as (

    select * from {{ ref('money_spent') }}

),

maturity as (

    select * from {{ ref('cohort_maturity') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

{{ combined_performance(['month', 'lead_source_key']) }},

final as (

    select
        combined.month,
        combined.lead_source_key,
        {{ lead_source_columns() | indent(8) }},
        {{ outcome_measures() | indent(8) }},
        {{ money_measures() | indent(8) }}
    from combined
    left join maturity on combined.month = maturity.month
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key

)

select * from final
