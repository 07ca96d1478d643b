-- Certain evidence first: the platform's own click log, then an id. Where a touch implies an
-- advertising network, an id of another network's campaign is not meant.
with

signed as (

    select * from {{ ref('int_campaign_references__signed') }}

),

networks as (

    select * from {{ ref('int_ad_networks__named') }}

),

campaigns as (

    select
        versioned.platform,
        versioned.account_ref,
        versioned.campaign_id,
        versioned.campaign_durable_key,
        networks.network
    from {{ ref('int_campaigns__versioned') }} as versioned
    left join networks on {{ normalized_code('versioned.platform') }} = networks.code
    where versioned.is_current

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
        medium,
        network
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
        medium,
        network

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

ids_of_networks as (

    select
        network,
        campaign_id,
        min(campaign_durable_key) as campaign_durable_key
    from campaigns
    where network is not null
    group by network, campaign_id
    having count(*) = 1

),

ids as (

    select
        campaign_id,
        min(network) as network,
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
        signatures.network,
        clicked.campaign_durable_key as clicked_key,
        coalesce(
            ids_of_platforms.campaign_durable_key,
            case
                when signatures.platform is null
                    then coalesce(ids_of_networks.campaign_durable_key, ids.campaign_durable_key)
            end
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
    left join ids_of_networks
        on
            signatures.network = ids_of_networks.network
            and signatures.campaign_id = ids_of_networks.campaign_id
    left join ids
        on
            signatures.campaign_id = ids.campaign_id
            and coalesce(signatures.network, ids.network, '')
            = coalesce(ids.network, signatures.network, '')

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
        network,
        coalesce(clicked_key, stated_key) as campaign_durable_key,
        case
            when clicked_key is not null then 'click_id'
            when stated_key is not null then 'id'
        end as match_kind
    from looked_up

)

select * from final
