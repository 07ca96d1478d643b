with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

),

money_spent as (

    select * from {{ ref('money_spent') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

{{ combined_performance(['month', 'lead_channel_key']) }},

final as (

    select
        combined.month,
        combined.lead_channel_key,
        lead_channels.lead_channel,
        lead_channels.name_en,
        lead_channels.name_sv,
        {{ performance_measures() | indent(8) }}
    from combined
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
