with

credits as (

    select * from {{ ref('credits_by_month') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

current_campaigns as (

    select * from {{ ref('dim_campaigns') }}
    where is_current

),

final as (

    select
        credits.month,
        credits.basis,
        credits.attribution_model,
        credits.conversion_type,
        credits.lead_source_key,
        {{ lead_source_columns() | indent(8) }},
        credits.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        coalesce(current_campaigns.campaign_key, credits.campaign_durable_key) as campaign_key,
        current_campaigns.platform,
        current_campaigns.campaign_name,
        cast(credits.conversions as decimal(38, 12)) as conversions,
        cast(credits.value as decimal(18, 6)) as value
    from credits
    left join lead_sources on credits.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on credits.lead_channel_key = lead_channels.lead_channel_key
    left join current_campaigns
        on credits.campaign_durable_key = current_campaigns.campaign_durable_key

)

select * from final
