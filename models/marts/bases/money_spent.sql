with

ad_spend as (

    select * from {{ ref('fct_ad_spend') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

final as (

    select
        date_day,
        {{ month_of_day('date_day') }} as month,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        sum(spend) as ad_spend,
        cast(0 as decimal(18, 6)) as other_costs,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(platform_conversions) as platform_conversions
    from ad_spend
    group by
        date_day,
        {{ month_of_day('date_day') }},
        lead_source_key,
        lead_channel_key,
        campaign_key
    union all
    select
        date_day,
        {{ month_of_day('date_day') }} as month,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        cast(0 as decimal(18, 6)) as ad_spend,
        sum(amount) as other_costs,
        0 as impressions,
        0 as clicks,
        0 as platform_conversions
    from costs
    group by
        date_day,
        {{ month_of_day('date_day') }},
        lead_source_key,
        lead_channel_key,
        campaign_key

)

select * from final
