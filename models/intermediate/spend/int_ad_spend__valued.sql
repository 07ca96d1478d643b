-- A missing rate leaves `spend` empty here; the test assert_every_amount_has_a_rate then stops
-- publishing and names currency and day.
with

completed as (

    select * from {{ ref('int_ad_spend__completed') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__versioned') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

words as (

    select * from {{ ref('int_tag_words__read') }}

),

platform_codes as (

    select * from {{ ref('int_ad_platforms__classified') }}

),

campaigns_of_platforms as (

    select
        platform,
        campaign_id,
        min(campaign_durable_key) as campaign_durable_key
    from campaigns
    where is_current
    group by platform, campaign_id
    having count(*) = 1

),

-- One campaign may be named in several ways; the surest of an account counts.
matches as (

    select
        source_system,
        platform,
        account_ref,
        campaign_ref,
        min(
            case campaign_match
                when 'id' then 1 when 'name' then 2 when 'alias' then 3 when 'inferred' then 4
                else 5
            end
        ) as match_rank
    from {{ ref('int_ad_spend__identified') }}
    group by source_system, platform, account_ref, campaign_ref

),

-- A file that names no account may still name a campaign that the platform's list knows.
located as (

    select
        completed.*,
        {{ calendar_start('completed.date_day', 'company.reporting_timezone') }} as day_start,
        coalesce(
            own.campaign_durable_key, campaigns_of_platforms.campaign_durable_key
        ) as campaign_durable_key
    from completed
    cross join company
    left join campaigns as own
        on
            completed.platform = own.platform
            and completed.account_ref = own.account_ref
            and completed.campaign_ref = own.campaign_id
            and own.is_current
    left join campaigns_of_platforms
        on
            completed.platform = campaigns_of_platforms.platform
            and completed.campaign_ref = campaigns_of_platforms.campaign_id

),

keyed as (

    select
        located.*,
        campaigns.campaign_key,
        coalesce(located.campaign_type, campaigns.campaign_type, '') as known_campaign_type,
        coalesce(words.words, '') as campaign_words
    from located
    left join campaigns
        on
            located.campaign_durable_key = campaigns.campaign_durable_key
            and located.day_start >= campaigns.valid_from
            and located.day_start < coalesce(campaigns.valid_to, cast('9999-12-31' as timestamp))
    left join words on lower(trim(campaigns.campaign_name)) = words.tag

),

final as (

    select
        keyed.source_system,
        keyed.platform,
        keyed.account_ref,
        keyed.date_day,
        keyed.grain_rank,
        keyed.campaign_ref,
        coalesce(keyed.campaign_key, 'unknown') as campaign_key,
        keyed.campaign_durable_key,
        case matches.match_rank
            when 1 then 'id' when 2 then 'name' when 3 then 'alias' when 4 then 'inferred'
            else 'none'
        end as campaign_match,
        keyed.known_campaign_type as campaign_type,
        keyed.ad_group_ref,
        keyed.ad_group_id,
        keyed.ad_group_name,
        keyed.ad_ref,
        keyed.ad_id,
        keyed.ad_name,
        keyed.keyword_ref,
        keyed.stated_lead_source,
        keyed.stated_lead_channel,
        coalesce(keyed.stated_lead_source, platform_codes.lead_source, 'unknown') as lead_source,
        coalesce(keyed.stated_lead_channel, platform_codes.lead_channel, 'unknown')
            as lead_channel,
        keyed.is_residual,
        keyed.currency,
        keyed.spend_native,
        {{ in_reporting_currency(
            'keyed.spend_native', 'keyed.currency', 'company.reporting_currency', 'rates.rate'
        ) }} as spend,
        keyed.impressions,
        keyed.clicks,
        keyed.platform_conversions
    from keyed
    cross join company
    left join matches
        on
            keyed.source_system = matches.source_system
            and keyed.platform = matches.platform
            and keyed.account_ref = matches.account_ref
            and keyed.campaign_ref = matches.campaign_ref
    left join platform_codes
        on
            keyed.platform = platform_codes.platform
            and keyed.known_campaign_type = platform_codes.campaign_type
            and keyed.campaign_words = platform_codes.campaign_words
    left join rates
        on
            keyed.currency = rates.currency
            and keyed.date_day = rates.date_day

)

select * from final
