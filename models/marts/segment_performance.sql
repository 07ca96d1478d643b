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
        lead_sources.lead_source,
        lead_sources.name_en as lead_source_name,
        lead_sources.name_sv as lead_source_name_sv,
        lead_sources.source_category,
        lead_sources.is_paid,
        lead_sources.is_digital,
        combined.lead_channel_key,
        lead_channels.lead_channel,
        lead_channels.name_en as lead_channel_name,
        lead_channels.name_sv as lead_channel_name_sv,
        lead_channels.channel_family,
        lead_channels.is_paid as channel_is_paid,
        lead_channels.is_digital as channel_is_digital,
        {{ outcome_measures() | indent(8) }}
    from combined
    left join maturity on combined.month = maturity.month
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
