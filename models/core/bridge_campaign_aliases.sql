with

aliases as (

    select * from {{ ref('int_campaign_aliases__collected') }}

),

meant_aliases as (

    select * from {{ ref('int_campaign_aliases__meant') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}

),

-- A campaign that only touches or costs name is known by exactly that spelling.
inferred as (

    select
        {{ campaign_alias('campaign_name') }} as alias,
        platform,
        account_ref,
        campaign_id,
        campaign_key,
        campaign_durable_key,
        'utm' as match_source
    from campaigns
    where not is_declared

),

own as (

    select
        alias,
        platform,
        account_ref,
        campaign_id,
        campaign_key,
        campaign_durable_key,
        match_source
    from aliases
    union all
    select
        alias,
        platform,
        account_ref,
        campaign_id,
        campaign_key,
        campaign_durable_key,
        match_source
    from inferred
    where alias is not null

),

meant as (

    select
        meant_aliases.alias,
        own.platform,
        own.account_ref,
        own.campaign_id,
        own.campaign_key,
        own.campaign_durable_key,
        meant_aliases.meant_by as match_source
    from own
    inner join meant_aliases on own.alias = meant_aliases.meant_alias

),

-- A campaign that has the spelling itself needs nobody to say so.
meant_only as (

    select meant.*
    from meant
    left join own
        on
            meant.alias = own.alias
            and meant.campaign_durable_key = own.campaign_durable_key
    where own.alias is null

),

gathered as (

    select * from own
    union all
    select * from meant_only

),

final as (

    select
        alias,
        platform,
        nullif(account_ref, '') as account_id,
        campaign_id,
        campaign_key,
        campaign_durable_key,
        match_source
    from gathered

)

select * from final
