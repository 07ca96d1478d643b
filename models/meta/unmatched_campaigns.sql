-- Money that no lead can stand beside: its campaign has a name that no touch has.
with

spent as (

    select
        campaign_key,
        date_day,
        spend as ad_spend,
        cast(0 as decimal(18, 6)) as other_costs
    from {{ ref('fct_ad_spend') }}
    union all
    select
        campaign_key,
        date_day,
        cast(0 as decimal(18, 6)) as ad_spend,
        amount as other_costs
    from {{ ref('fct_costs') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}
    where campaign_key not in ('unknown', 'unattributed')

),

touched_keys as (

    select campaign_key from {{ ref('fct_touchpoints') }}
    group by campaign_key

),

touched as (

    select campaigns.campaign_durable_key
    from touched_keys
    inner join campaigns on touched_keys.campaign_key = campaigns.campaign_key
    group by campaigns.campaign_durable_key

),

summed as (

    select
        campaigns.campaign_durable_key,
        sum(spent.ad_spend) as ad_spend,
        sum(spent.other_costs) as other_costs,
        min(spent.date_day) as first_day,
        max(spent.date_day) as last_day
    from spent
    inner join campaigns on spent.campaign_key = campaigns.campaign_key
    left join touched on campaigns.campaign_durable_key = touched.campaign_durable_key
    where touched.campaign_durable_key is null
    group by campaigns.campaign_durable_key

),

final as (

    select
        campaigns.campaign_durable_key,
        campaigns.platform,
        campaigns.account_id,
        campaigns.campaign_id,
        campaigns.campaign_name,
        cast(summed.ad_spend as decimal(18, 6)) as ad_spend,
        cast(summed.other_costs as decimal(18, 6)) as other_costs,
        summed.first_day,
        summed.last_day
    from summed
    inner join campaigns
        on summed.campaign_durable_key = campaigns.campaign_durable_key and campaigns.is_current
    where summed.ad_spend <> 0 or summed.other_costs <> 0

)

select * from final
