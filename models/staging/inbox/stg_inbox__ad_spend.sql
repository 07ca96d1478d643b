-- The grain of a row is the finest thing it names. A row that names an account, campaign or ad
-- group and nothing finer is that thing's own total; a row that names nothing, in a file whose
-- other rows of the platform name campaigns, is money without a campaign and adds to theirs.
with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

ad_spend as (

    select * from {{ source('inbox', 'ad_spend') }}

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
            partition by _slice_id, platform
        ) as names_campaigns_without_account
    from grained

),

final as (

    select
        'inbox' as source_system,
        {{ normalized_code('platform') }} as platform,
        account_id,
        date_day,
        case
            when
                named_grain = 'account'
                and account_id is null
                and names_campaigns_without_account = 1
                then 'campaign'
            else named_grain
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
    from compared

)

select * from final
