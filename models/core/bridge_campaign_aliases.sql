with

aliases as (

    select * from {{ ref('int_campaign_aliases__collected') }}

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

final as (

    select
        alias,
        platform,
        nullif(account_ref, '') as account_id,
        campaign_id,
        campaign_key,
        campaign_durable_key,
        match_source
    from aliases
    union all
    select
        alias,
        platform,
        nullif(account_ref, '') as account_id,
        campaign_id,
        campaign_key,
        campaign_durable_key,
        match_source
    from inferred
    where alias is not null

)

select * from final
