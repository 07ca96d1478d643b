with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

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

combined as (

    select
        month,
        segment,
        country,
        lead_source_key,
        lead_channel_key,
        {{ outcome_sums() | indent(8) }}
    from lead_outcomes
    group by month, segment, country, lead_source_key, lead_channel_key

),

final as (

    select
        combined.month,
        combined.segment,
        combined.country,
        combined.lead_source_key,
        {{ lead_source_columns() | indent(8) }},
        combined.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        {{ outcome_measures() | indent(8) }}
    from combined
    left join maturity on combined.month = maturity.month
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
