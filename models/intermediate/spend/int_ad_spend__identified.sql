-- References instead of nullable ids: '' means "names none", and a row that knows a campaign only
-- by name meets the rows of the same account that know its id as well, else the platform's own
-- list: by the current name, then by a former one, and only where it is unambiguous.
with

ad_spend as (

    select * from {{ ref('int_ad_spend__compared') }}
    where counted_from is null

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

used_names as (

    select
        source_system,
        platform,
        account_ref,
        campaign_name,
        min(campaign_id) as campaign_id,
        max(campaign_id) as last_campaign_id
    from defaulted
    where campaign_id is not null and campaign_name is not null
    group by source_system, platform, account_ref, campaign_name

),

named_ids as (

    select * from used_names
    where campaign_id = last_campaign_id

),

listed as (

    select
        platform,
        coalesce(account_id, '') as account_ref,
        campaign_id,
        {{ campaign_alias('campaign_name') }} as alias,
        row_number() over (
            partition by platform, account_id, campaign_id
            order by observed_at desc, sequence desc, campaign_name asc
        ) as recency
    from {{ ref('int_campaigns__unioned') }}
    where campaign_id is not null and nullif(trim(campaign_name), '') is not null

),

-- A row that names no account may mean a campaign of any.
listed_names as (

    select
        platform,
        account_ref,
        alias,
        campaign_id,
        min(case when recency = 1 then 1 else 2 end) as precedence
    from listed
    group by platform, account_ref, alias, campaign_id
    union
    select
        platform,
        '' as account_ref,
        alias,
        campaign_id,
        min(case when recency = 1 then 1 else 2 end) as precedence
    from listed
    group by platform, alias, campaign_id

),

meant_ids as (

    select
        platform,
        account_ref,
        alias,
        precedence,
        min(campaign_id) as campaign_id,
        max(campaign_id) as last_campaign_id
    from listed_names
    group by platform, account_ref, alias, precedence

),

listed_ids as (

    select
        platform,
        account_ref,
        alias,
        precedence,
        campaign_id,
        row_number() over (
            partition by platform, account_ref, alias order by precedence
        ) as choice
    from meant_ids
    where campaign_id = last_campaign_id

),

matched as (

    select
        defaulted.*,
        coalesce(
            defaulted.campaign_id,
            named_ids.campaign_id,
            listed_ids.campaign_id,
            defaulted.campaign_name,
            ''
        ) as campaign_ref,
        case
            when defaulted.campaign_id is not null then 'id'
            when named_ids.campaign_id is not null or listed_ids.precedence = 1 then 'name'
            when listed_ids.precedence = 2 then 'alias'
            when defaulted.campaign_name is not null then 'inferred'
            else 'none'
        end as campaign_match
    from defaulted
    left join named_ids
        on
            defaulted.source_system = named_ids.source_system
            and defaulted.platform = named_ids.platform
            and defaulted.account_ref = named_ids.account_ref
            and defaulted.campaign_name = named_ids.campaign_name
    left join listed_ids
        on
            defaulted.platform = listed_ids.platform
            and defaulted.account_ref = listed_ids.account_ref
            and {{ campaign_alias('defaulted.campaign_name') }} = listed_ids.alias
            and listed_ids.choice = 1

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
        campaign_match,
        campaign_name,
        campaign_type,
        ad_group_ref,
        ad_group_id,
        ad_group_name,
        ad_ref,
        ad_id,
        ad_name,
        keyword_ref,
        stated_lead_source,
        stated_lead_channel,
        spend_native,
        impressions,
        clicks,
        platform_conversions
    from matched

)

select * from final
