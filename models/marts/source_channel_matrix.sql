-- Money is in the cell that was paid for, leads in the cells where they acted. Ratios of the two
-- mean something only where the source and the channel have no other cell in the month.
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

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

{{ combined_performance(['month', 'lead_source_key', 'lead_channel_key']) }},

counted as (

    select
        *,
        count(*) over (partition by month, lead_source_key) as cells_of_source,
        count(*) over (partition by month, lead_channel_key) as cells_of_channel
    from combined

),

final as (

    select
        combined.month,
        combined.lead_source_key,
        {{ lead_source_columns() | indent(8) }},
        combined.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        {{ outcome_measures() | indent(8) }},
        {{ money_measures(
            'combined.cells_of_source = 1 and combined.cells_of_channel = 1'
        ) | indent(8) }}
    from counted as combined
    left join maturity on combined.month = maturity.month
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
