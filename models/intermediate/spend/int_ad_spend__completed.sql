-- The same money may be reported for the account, its campaigns, their ad groups and their ads.
-- An entity that has rows of its own and rows below it keeps the finest rows plus one residual
-- row: its own figures minus those of the nearest reported entities below it. So every total is
-- the coarsest one reported, exactly, and no money is counted twice or lost.
with

ad_spend as (

    select
        source_system,
        platform,
        account_ref,
        currency,
        date_day,
        grain_rank,
        case when grain_rank >= 2 then campaign_ref else '' end as campaign_ref,
        case when grain_rank >= 3 then ad_group_ref else '' end as ad_group_ref,
        case when grain_rank = 4 then ad_ref else '' end as ad_ref,
        keyword_ref,
        ad_group_id,
        ad_group_name,
        ad_id,
        ad_name,
        campaign_type,
        stated_lead_source,
        stated_lead_channel,
        spend_native,
        impressions,
        clicks,
        platform_conversions,
        max(grain_rank) over (
            partition by source_system, platform, account_ref, currency
        ) as finest_rank
    from {{ ref('int_ad_spend__identified') }}

),

-- Codes stated on an entity's rows hold for its residual when all of its rows state the same.
entities as (

    select
        source_system,
        platform,
        account_ref,
        currency,
        date_day,
        grain_rank,
        campaign_ref,
        ad_group_ref,
        ad_ref,
        max(ad_group_id) as ad_group_id,
        max(ad_group_name) as ad_group_name,
        max(campaign_type) as campaign_type,
        case
            when
                count(*) = count(stated_lead_source)
                and min(stated_lead_source) = max(stated_lead_source)
                then min(stated_lead_source)
        end as stated_lead_source,
        case
            when
                count(*) = count(stated_lead_channel)
                and min(stated_lead_channel) = max(stated_lead_channel)
                then min(stated_lead_channel)
        end as stated_lead_channel,
        sum(spend_native) as spend_native,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(platform_conversions) as platform_conversions
    from ad_spend
    group by
        source_system,
        platform,
        account_ref,
        currency,
        date_day,
        grain_rank,
        campaign_ref,
        ad_group_ref,
        ad_ref

),

ancestors as (

    select
        *,
        max(case when grain_rank = 1 then 1 end) over (
            partition by source_system, platform, account_ref, currency, date_day
        ) as account_rank,
        max(case when grain_rank = 2 then 2 end) over (
            partition by source_system, platform, account_ref, currency, date_day, campaign_ref
        ) as campaign_rank,
        max(case when grain_rank = 3 then 3 end) over (
            partition by
                source_system,
                platform,
                account_ref,
                currency,
                date_day,
                campaign_ref,
                ad_group_ref
        ) as ad_group_rank
    from entities

),

parented as (

    select
        *,
        case
            when grain_rank = 4 then coalesce(ad_group_rank, campaign_rank, account_rank)
            when grain_rank = 3 then coalesce(campaign_rank, account_rank)
            when grain_rank = 2 then account_rank
        end as parent_rank
    from ancestors

),

below as (

    select
        source_system,
        platform,
        account_ref,
        currency,
        date_day,
        parent_rank as grain_rank,
        case when parent_rank >= 2 then campaign_ref else '' end as campaign_ref,
        case when parent_rank = 3 then ad_group_ref else '' end as ad_group_ref,
        sum(spend_native) as spend_native,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(platform_conversions) as platform_conversions
    from parented
    where parent_rank is not null
    group by
        source_system,
        platform,
        account_ref,
        currency,
        date_day,
        parent_rank,
        case when parent_rank >= 2 then campaign_ref else '' end,
        case when parent_rank = 3 then ad_group_ref else '' end

),

finest_rows as (

    select
        ad_spend.source_system,
        ad_spend.platform,
        ad_spend.account_ref,
        ad_spend.currency,
        ad_spend.date_day,
        ad_spend.grain_rank,
        ad_spend.campaign_ref,
        ad_spend.campaign_type,
        ad_spend.ad_group_ref,
        ad_spend.ad_group_id,
        ad_spend.ad_group_name,
        ad_spend.ad_ref,
        ad_spend.ad_id,
        ad_spend.ad_name,
        ad_spend.keyword_ref,
        ad_spend.stated_lead_source,
        ad_spend.stated_lead_channel,
        ad_spend.spend_native,
        ad_spend.impressions,
        ad_spend.clicks,
        ad_spend.platform_conversions,
        -- Money of a campaign without ads, in an account that reports ads.
        ad_spend.grain_rank < ad_spend.finest_rank as is_residual
    from ad_spend
    left join below
        on
            ad_spend.source_system = below.source_system
            and ad_spend.platform = below.platform
            and ad_spend.account_ref = below.account_ref
            and ad_spend.currency = below.currency
            and ad_spend.date_day = below.date_day
            and ad_spend.grain_rank = below.grain_rank
            and ad_spend.campaign_ref = below.campaign_ref
            and ad_spend.ad_group_ref = below.ad_group_ref
    where below.grain_rank is null

),

-- A count that the coarser row does not state has no residual.
residual_rows as (

    select
        entities.source_system,
        entities.platform,
        entities.account_ref,
        entities.currency,
        entities.date_day,
        entities.grain_rank,
        entities.campaign_ref,
        entities.campaign_type,
        entities.ad_group_ref,
        entities.ad_group_id,
        entities.ad_group_name,
        '' as ad_ref,
        cast(null as {{ dbt.type_string() }}) as ad_id,
        cast(null as {{ dbt.type_string() }}) as ad_name,
        '' as keyword_ref,
        entities.stated_lead_source,
        entities.stated_lead_channel,
        entities.spend_native - below.spend_native as spend_native,
        coalesce(entities.impressions - coalesce(below.impressions, 0), 0) as impressions,
        coalesce(entities.clicks - coalesce(below.clicks, 0), 0) as clicks,
        coalesce(
            entities.platform_conversions - coalesce(below.platform_conversions, 0), 0
        ) as platform_conversions,
        true as is_residual
    from entities
    inner join below
        on
            entities.source_system = below.source_system
            and entities.platform = below.platform
            and entities.account_ref = below.account_ref
            and entities.currency = below.currency
            and entities.date_day = below.date_day
            and entities.grain_rank = below.grain_rank
            and entities.campaign_ref = below.campaign_ref
            and entities.ad_group_ref = below.ad_group_ref

),

combined as (

    select * from finest_rows
    union all
    select * from residual_rows
    where
        spend_native <> 0
        or impressions <> 0
        or clicks <> 0
        or platform_conversions <> 0

),

final as (

    select
        source_system,
        platform,
        account_ref,
        currency,
        date_day,
        grain_rank,
        campaign_ref,
        max(campaign_type) as campaign_type,
        ad_group_ref,
        max(ad_group_id) as ad_group_id,
        max(ad_group_name) as ad_group_name,
        ad_ref,
        max(ad_id) as ad_id,
        max(ad_name) as ad_name,
        keyword_ref,
        stated_lead_source,
        stated_lead_channel,
        is_residual,
        cast(sum(spend_native) as decimal(18, 6)) as spend_native,
        cast(coalesce(sum(impressions), 0) as decimal(18, 6)) as impressions,
        cast(coalesce(sum(clicks), 0) as decimal(18, 6)) as clicks,
        cast(coalesce(sum(platform_conversions), 0) as decimal(18, 6)) as platform_conversions
    from combined
    group by
        source_system,
        platform,
        account_ref,
        currency,
        date_day,
        grain_rank,
        campaign_ref,
        ad_group_ref,
        ad_ref,
        keyword_ref,
        stated_lead_source,
        stated_lead_channel,
        is_residual

)

select * from final
