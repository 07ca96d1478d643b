with

ad_spend as (

    select * from {{ ref('int_ad_spend__valued') }}

),

final as (

    select
        ---------- ids
        {{ surrogate_key([
            'source_system', 'platform', 'account_ref', 'currency', 'date_day', 'grain_rank',
            'campaign_ref', 'ad_group_ref', 'ad_ref', 'keyword_ref', 'stated_lead_source',
            'stated_lead_channel', 'is_residual',
        ]) }} as ad_spend_key,
        date_day,
        source_system,
        platform,
        nullif(account_ref, '') as account_id,
        campaign_key,
        ad_group_id,
        ad_id,
        {{ member_key('lead_source', 'lead_source') }} as lead_source_key,
        {{ member_key('lead_channel', 'lead_channel') }} as lead_channel_key,

        ---------- strings
        campaign_match,
        ad_group_name,
        ad_name,
        nullif(keyword_ref, '') as keyword,
        currency,

        ---------- numerics
        spend_native,
        spend,
        impressions,
        clicks,
        platform_conversions,

        ---------- booleans
        is_residual,
        case
            when is_residual and grain_rank = 1 then 'account'
            when is_residual and grain_rank = 2 then 'campaign'
            when is_residual then 'ad_group'
        end as residual_of,
        is_residual and spend_native < 0 as is_negative_residual
    from ad_spend

)

select * from final
