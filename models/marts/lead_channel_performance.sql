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

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

{{ combined_performance(['month', 'lead_channel_key']) }},

final as (

    select
        combined.month,
        combined.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        {{ outcome_measures() | indent(8) }},
        {{ money_measures() | indent(8) }}
    from combined
    left join maturity on combined.month = maturity.month
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
