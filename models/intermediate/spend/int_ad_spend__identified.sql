-- References instead of nullable ids: '' means "names none", and a row that knows a campaign only
-- by name meets the rows of the same account that know its id as well.
with

ad_spend as (

    select * from {{ ref('int_ad_spend__unioned') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

defaulted as (

    select
        ad_spend.source_system,
        coalesce(ad_spend.platform, 'unknown') as platform,
        coalesce(trim(ad_spend.account_id), '') as account_ref,
        coalesce(upper(ad_spend.currency), company.reporting_currency) as currency,
        ad_spend.date_day,
        case ad_spend.grain
            when 'account' then 1
            when 'campaign' then 2
            when 'ad_group' then 3
            else 4
        end as grain_rank,
        nullif(trim(ad_spend.campaign_id), '') as campaign_id,
        nullif(trim(ad_spend.campaign_name), '') as campaign_name,
        ad_spend.campaign_type,
        coalesce(trim(ad_spend.ad_group_id), trim(ad_spend.ad_group_name), '') as ad_group_ref,
        ad_spend.ad_group_id,
        ad_spend.ad_group_name,
        coalesce(trim(ad_spend.ad_id), trim(ad_spend.ad_name), '') as ad_ref,
        ad_spend.ad_id,
        ad_spend.ad_name,
        coalesce(ad_spend.keyword, '') as keyword_ref,
        {{ normalized_code('ad_spend.stated_lead_source') }} as stated_lead_source,
        {{ normalized_code('ad_spend.stated_lead_channel') }} as stated_lead_channel,
        ad_spend.spend_native,
        ad_spend.impressions,
        ad_spend.clicks,
        ad_spend.platform_conversions
    from ad_spend
    cross join company

),

named_ids as (

    select
        source_system,
        platform,
        account_ref,
        campaign_name,
        min(campaign_id) as campaign_id
    from defaulted
    where campaign_id is not null and campaign_name is not null
    group by source_system, platform, account_ref, campaign_name
    having min(campaign_id) = max(campaign_id)

),

final as (

    select
        defaulted.source_system,
        defaulted.platform,
        defaulted.account_ref,
        defaulted.currency,
        defaulted.date_day,
        defaulted.grain_rank,
        coalesce(
            defaulted.campaign_id, named_ids.campaign_id, defaulted.campaign_name, ''
        ) as campaign_ref,
        defaulted.campaign_name,
        defaulted.campaign_type,
        defaulted.ad_group_ref,
        defaulted.ad_group_id,
        defaulted.ad_group_name,
        defaulted.ad_ref,
        defaulted.ad_id,
        defaulted.ad_name,
        defaulted.keyword_ref,
        defaulted.stated_lead_source,
        defaulted.stated_lead_channel,
        defaulted.spend_native,
        defaulted.impressions,
        defaulted.clicks,
        defaulted.platform_conversions
    from defaulted
    left join named_ids
        on
            defaulted.source_system = named_ids.source_system
            and defaulted.platform = named_ids.platform
            and defaulted.account_ref = named_ids.account_ref
            and defaulted.campaign_name = named_ids.campaign_name

)

select * from final
