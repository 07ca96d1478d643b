-- Under which spellings a campaign is known: its names of all times, and the utm_campaign of
-- touches whose campaign an id proves (a URL keeps its old name when the campaign is renamed).
with

campaigns as (

    select * from {{ ref('int_campaigns__versioned') }}

),

references_identified as (

    select * from {{ ref('int_campaign_references__identified') }}

),

spellings as (

    select
        campaign_durable_key,
        {{ campaign_alias('campaign_name') }} as alias,
        case when is_current then 1 else 2 end as precedence
    from campaigns

    union all

    select
        campaign_durable_key,
        {{ campaign_alias('utm_campaign') }} as alias,
        3 as precedence
    from references_identified
    where campaign_durable_key is not null and utm_campaign is not null

    union all

    select
        campaign_durable_key,
        {{ campaign_alias('campaign_id') }} as alias,
        4 as precedence
    from campaigns

),

strongest as (

    select
        campaign_durable_key,
        alias,
        min(precedence) as precedence
    from spellings
    where alias is not null
    group by campaign_durable_key, alias

),

final as (

    select
        strongest.alias,
        campaigns.platform,
        campaigns.account_ref,
        campaigns.campaign_id,
        strongest.campaign_durable_key,
        campaigns.campaign_key,
        strongest.precedence,
        case strongest.precedence
            when 1 then 'name'
            when 2 then 'former_name'
            when 3 then 'utm'
            else 'id'
        end as match_source
    from strongest
    inner join campaigns
        on
            strongest.campaign_durable_key = campaigns.campaign_durable_key
            and campaigns.is_current

)

select * from final
