-- What no id proves goes by the name that an alias means, else by the one it says: by name, then by
-- a former one, and only where it is unambiguous: within the stated platform; else within the
-- advertising network that the touch implies; else among campaigns of the same medium, else among
-- all, but never among those of another network. What stays unknown becomes a member of its own, so
-- that no name is lost.
with

identified as (

    select * from {{ ref('int_campaign_references__identified') }}

),

aliases as (

    select * from {{ ref('int_campaign_aliases__collected') }}

),

meant_aliases as (

    select * from {{ ref('int_campaign_aliases__meant') }}

),

ad_spend as (

    select * from {{ ref('int_ad_spend__identified') }}

),

email_engagement as (

    select * from {{ ref('int_email_engagement__unioned') }}

),

networks as (

    select * from {{ ref('int_ad_networks__named') }}

),

platform_media as (

    select
        platform,
        'ad' as medium
    from ad_spend
    group by platform
    union all
    select
        source_system as platform,
        'email' as medium
    from email_engagement
    group by source_system

),

scoped as (

    select
        'platform:' || platform as scope,
        alias,
        campaign_durable_key,
        precedence
    from aliases
    union all
    select
        'network:' || networks.network as scope,
        aliases.alias,
        aliases.campaign_durable_key,
        aliases.precedence
    from aliases
    inner join networks on {{ normalized_code('aliases.platform') }} = networks.code
    union all
    select
        'no network' as scope,
        aliases.alias,
        aliases.campaign_durable_key,
        aliases.precedence
    from aliases
    left join networks on {{ normalized_code('aliases.platform') }} = networks.code
    where networks.network is null
    union all
    select
        'medium:' || platform_media.medium as scope,
        aliases.alias,
        aliases.campaign_durable_key,
        aliases.precedence
    from aliases
    inner join platform_media on aliases.platform = platform_media.platform
    union all
    select
        'medium:any' as scope,
        alias,
        campaign_durable_key,
        precedence
    from aliases

),

meant as (

    select
        scope,
        alias,
        precedence,
        min(campaign_durable_key) as campaign_durable_key,
        count(*) as campaigns
    from scoped
    group by scope, alias, precedence

),

preferred as (

    select
        *,
        row_number() over (partition by scope, alias order by precedence) as choice
    from meant

),

-- A current name that two campaigns share is not decided by a former name of a third.
unambiguous as (

    select
        scope,
        alias,
        precedence,
        campaign_durable_key
    from preferred
    where choice = 1 and campaigns = 1

),

known as (

    select alias from aliases
    group by alias

),

said as (

    select
        *,
        coalesce(campaign_name, utm_campaign, campaign_id) as said_name,
        {{ campaign_alias('coalesce(campaign_name, utm_campaign, campaign_id)') }} as said_alias
    from identified

),

-- What the company lists always counts; an event's name only where it is all that is said, and no
-- campaign has it.
named as (

    select
        said.*,
        coalesce(meant_aliases.meant_name, said.said_name) as stated_name,
        coalesce(meant_aliases.meant_alias, said.said_alias) as alias
    from said
    left join known on said.said_alias = known.alias
    left join meant_aliases
        on
            said.said_alias = meant_aliases.alias
            and (
                meant_aliases.meant_by = 'listed'
                or (
                    known.alias is null
                    and said.utm_campaign is null
                    and said.campaign_id is null
                    and said.platform is null
                )
            )

),

looked_up as (

    select
        named.signature_key,
        named.clicked_platform,
        named.clicked_account_id,
        named.clicked_campaign_id,
        named.platform,
        named.campaign_id,
        named.stated_name,
        named.alias,
        named.match_kind,
        named.campaign_durable_key as proved_key,
        near.campaign_durable_key as near_key,
        near.precedence as near_precedence,
        -- A stated platform is never left.
        case when named.platform is null then anywhere.campaign_durable_key end as anywhere_key,
        case when named.platform is null then anywhere.precedence end as anywhere_precedence
    from named
    left join unambiguous as near
        on
            named.alias = near.alias
            and near.scope = coalesce(
                'platform:' || named.platform,
                'network:' || named.network,
                'medium:' || named.medium
            )
    left join unambiguous as anywhere
        on
            named.alias = anywhere.alias
            and anywhere.scope
            = case when named.network is null then 'medium:any' else 'no network' end

),

placed as (

    select
        signature_key,
        coalesce(proved_key, near_key, anywhere_key) as campaign_durable_key,
        case
            when match_kind is not null then match_kind
            when coalesce(near_precedence, anywhere_precedence) = 1 then 'name'
            when coalesce(near_precedence, anywhere_precedence) is not null then 'alias'
            else 'inferred'
        end as match_kind,
        stated_name,
        coalesce(clicked_platform, platform, 'utm') as inferred_platform,
        case
            when clicked_platform is not null then coalesce(clicked_account_id, '')
            else ''
        end as inferred_account_ref,
        coalesce(
            clicked_campaign_id,
            case when platform is not null then campaign_id end,
            alias
        ) as inferred_campaign_id
    from looked_up

),

final as (

    select
        signature_key,
        match_kind,
        stated_name,
        inferred_platform,
        inferred_account_ref,
        inferred_campaign_id,
        coalesce(
            campaign_durable_key,
            {{ surrogate_key([
                'inferred_platform', 'inferred_account_ref', 'inferred_campaign_id',
            ]) }}
        ) as campaign_durable_key
    from placed

)

select * from final
