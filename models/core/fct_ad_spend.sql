with

ad_spend as (

    select * from {{ ref('int_ad_spend__valued') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

final as (

    select
        ---------- ids
        {{ surrogate_key([
            'ad_spend.source_system', 'ad_spend.platform', 'ad_spend.account_ref',
            'ad_spend.currency', 'ad_spend.date_day', 'ad_spend.grain_rank',
            'ad_spend.campaign_ref', 'ad_spend.ad_group_ref', 'ad_spend.ad_ref',
            'ad_spend.keyword_ref', 'ad_spend.lead_source', 'ad_spend.lead_channel',
            'ad_spend.is_residual',
        ]) }} as ad_spend_key,
        ad_spend.date_day,
        ad_spend.source_system,
        ad_spend.platform,
        nullif(ad_spend.account_ref, '') as account_id,
        ad_spend.campaign_key,
        ad_spend.ad_group_id,
        ad_spend.ad_id,
        coalesce(lead_sources.lead_source_key, 'unknown') as lead_source_key,
        coalesce(lead_channels.lead_channel_key, 'unknown') as lead_channel_key,

        ---------- strings
        ad_spend.ad_group_name,
        ad_spend.ad_name,
        nullif(ad_spend.keyword_ref, '') as keyword,
        ad_spend.currency,

        ---------- numerics
        ad_spend.spend_native,
        ad_spend.spend,
        ad_spend.impressions,
        ad_spend.clicks,
        ad_spend.platform_conversions,

        ---------- booleans
        ad_spend.is_residual,
        case
            when ad_spend.is_residual and ad_spend.grain_rank = 1 then 'account'
            when ad_spend.is_residual and ad_spend.grain_rank = 2 then 'campaign'
            when ad_spend.is_residual then 'ad_group'
        end as residual_of,
        ad_spend.is_residual and ad_spend.spend_native < 0 as is_negative_residual
    from ad_spend
    left join lead_sources on ad_spend.lead_source = lead_sources.lead_source
    left join lead_channels on ad_spend.lead_channel = lead_channels.lead_channel

)

select * from final
