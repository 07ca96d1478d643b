{{ config(enabled=delivered('ad_spend', by='inbox')) }}

-- The grain of a row is the finest thing it names. A row that names an account, campaign or ad
-- group and nothing finer is that thing's own total; a row that names nothing, in a file whose
-- other rows of the platform name campaigns, is money without a campaign and adds to theirs. A
-- credit alone is no total: it counts beside the finer rows of what it names. Platforms are named
-- as people name them; spellings that mean one are one.
with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

ad_platforms as (

    select * from {{ ref('ad_platforms') }}

),

ad_spend as (

    select
        lines.*,
        coalesce(ad_platforms.platform, {{ normalized_code('lines.platform') }}) as platform_code
    from {{ source('inbox', 'ad_spend') }} as lines
    left join ad_platforms on {{ normalized_code('lines.platform') }} = ad_platforms.spelling

),

grained as (

    select
        ad_spend.*,
        slices.entry_id,
        slices.extracted_at,
        slices.is_additive,
        case
            when coalesce(ad_spend.ad_id, ad_spend.ad_name) is not null then 'ad'
            when coalesce(ad_spend.ad_group_id, ad_spend.ad_group_name) is not null then 'ad_group'
            when coalesce(ad_spend.campaign_id, ad_spend.campaign_name) is not null then 'campaign'
            else 'account'
        end as named_grain
    from ad_spend
    inner join slices on ad_spend._slice_id = slices.slice_id

),

compared as (

    select
        *,
        max(case when account_id is null and named_grain <> 'account' then 1 else 0 end) over (
            partition by _slice_id, platform_code
        ) as names_campaigns_without_account
    from grained

),

ranked as (

    select
        *,
        coalesce(campaign_id, campaign_name, '') as campaign_ref,
        coalesce(ad_group_id, ad_group_name, '') as ad_group_ref,
        case
            when
                named_grain = 'account'
                and account_id is null
                and names_campaigns_without_account = 1
                then 2
            when named_grain = 'account' then 1
            when named_grain = 'campaign' then 2
            when named_grain = 'ad_group' then 3
            else 4
        end as grain_rank
    from compared

),

totalled as (

    select
        *,
        max(grain_rank) over (partition by _slice_id, platform_code, account_id) as finest_rank,
        max(spend) over (
            partition by
                _slice_id,
                platform_code,
                account_id,
                date_day,
                grain_rank,
                campaign_ref,
                ad_group_ref
        ) as largest_spend,
        sum(case when grain_rank > 1 then spend end) over (
            partition by _slice_id, platform_code, account_id, date_day
        ) as spend_in_account,
        sum(case when grain_rank > 2 then spend end) over (
            partition by _slice_id, platform_code, account_id, date_day, campaign_ref
        ) as spend_in_campaign,
        sum(case when grain_rank > 3 then spend end) over (
            partition by _slice_id, platform_code, account_id, date_day, campaign_ref, ad_group_ref
        ) as spend_in_ad_group
    from ranked

),

placed as (

    select
        *,
        case
            when
                largest_spend < 0
                and case grain_rank
                    when 1 then spend_in_account
                    when 2 then spend_in_campaign
                    when 3 then spend_in_ad_group
                end > 0
                then finest_rank
            else grain_rank
        end as counted_rank
    from totalled

),

final as (

    select
        'inbox' as source_system,
        platform_code as platform,
        account_id,
        date_day,
        case counted_rank
            when 1 then 'account'
            when 2 then 'campaign'
            when 3 then 'ad_group'
            else 'ad'
        end as grain,
        campaign_id,
        campaign_name,
        cast(null as {{ dbt.type_string() }}) as campaign_type,
        ad_group_id,
        ad_group_name,
        ad_id,
        ad_name,
        keyword,
        lead_source as stated_lead_source,
        lead_channel as stated_lead_channel,
        spend as spend_native,
        currency,
        impressions,
        clicks,
        conversions as platform_conversions,
        entry_id as stated_by,
        _sequence as sequence,
        extracted_at as read_at,
        is_additive
    from placed

)

select * from final
