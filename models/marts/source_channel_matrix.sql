with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

),

money_spent as (

    select * from {{ ref('money_spent') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

{{ combined_performance(['lead_source_key', 'lead_channel_key']) }},

final as (

    select
        combined.lead_source_key,
        lead_sources.lead_source,
        lead_sources.name_en as lead_source_name_en,
        lead_sources.name_sv as lead_source_name_sv,
        combined.lead_channel_key,
        lead_channels.lead_channel,
        lead_channels.name_en as lead_channel_name_en,
        lead_channels.name_sv as lead_channel_name_sv,
        {{ performance_measures() | indent(8) }}
    from combined
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
