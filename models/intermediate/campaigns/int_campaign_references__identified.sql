-- Certain evidence first: the platform's own click log, then an id.
with

signed as (

    select * from {{ ref('int_campaign_references__signed') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__versioned') }}
    where is_current

),

signatures as (

    select
        signature_key,
        clicked_platform,
        clicked_account_id,
        clicked_campaign_id,
        platform,
        campaign_id,
        campaign_name,
        utm_campaign,
        medium
    from signed
    group by
        signature_key,
        clicked_platform,
        clicked_account_id,
        clicked_campaign_id,
        platform,
        campaign_id,
        campaign_name,
        utm_campaign,
        medium

),

ids_of_platforms as (

    select
        platform,
        campaign_id,
        min(campaign_durable_key) as campaign_durable_key
    from campaigns
    group by platform, campaign_id
    having count(*) = 1

),

ids as (

    select
        campaign_id,
        min(campaign_durable_key) as campaign_durable_key
    from campaigns
    group by campaign_id
    having count(*) = 1

),

looked_up as (

    select
        signatures.signature_key,
        signatures.clicked_platform,
        signatures.clicked_account_id,
        signatures.clicked_campaign_id,
        signatures.platform,
        signatures.campaign_id,
        signatures.campaign_name,
        signatures.utm_campaign,
        signatures.medium,
        clicked.campaign_durable_key as clicked_key,
        coalesce(
            ids_of_platforms.campaign_durable_key,
            case when signatures.platform is null then ids.campaign_durable_key end
        ) as stated_key
    from signatures
    left join campaigns as clicked
        on
            signatures.clicked_platform = clicked.platform
            and signatures.clicked_account_id = clicked.account_ref
            and signatures.clicked_campaign_id = clicked.campaign_id
    left join ids_of_platforms
        on
            signatures.platform = ids_of_platforms.platform
            and signatures.campaign_id = ids_of_platforms.campaign_id
    left join ids on signatures.campaign_id = ids.campaign_id

),

final as (

    select
        signature_key,
        clicked_platform,
        clicked_account_id,
        clicked_campaign_id,
        platform,
        campaign_id,
        campaign_name,
        utm_campaign,
        medium,
        coalesce(clicked_key, stated_key) as campaign_durable_key,
        case
            when clicked_key is not null then 'click_id'
            when stated_key is not null then 'id'
        end as match_kind
    from looked_up

)

select * from final
