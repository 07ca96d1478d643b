-- A new version begins where the name changes. The first one begins in 1900, because facts are
-- older than the first look at a campaign's name.
with

observed as (

    select * from {{ ref('int_campaigns__observed') }}

),

-- An observation without a name says nothing about a rename.
named as (

    select
        *,
        max(campaign_name) over (
            partition by platform, account_ref, campaign_id
        ) as any_name,
        row_number() over (
            partition by platform, account_ref, campaign_id, observed_at
            order by sequence desc, campaign_name asc
        ) as rank_at_moment
    from observed

),

compared as (

    select
        *,
        lag(campaign_name) over (
            partition by platform, account_ref, campaign_id order by observed_at
        ) as previous_name,
        row_number() over (
            partition by platform, account_ref, campaign_id order by observed_at
        ) as observation
    from named
    where rank_at_moment = 1 and (campaign_name is not null or any_name is null)

),

changes as (

    select
        platform,
        account_ref,
        campaign_id,
        coalesce(campaign_name, campaign_id) as campaign_name,
        case
            when observation = 1 then cast('1900-01-01' as timestamp)
            else observed_at
        end as valid_from
    from compared
    where observation = 1 or previous_name <> campaign_name

),

latest as (

    select
        platform,
        account_ref,
        campaign_id,
        campaign_type,
        status,
        row_number() over (
            partition by platform, account_ref, campaign_id
            order by observed_at desc, sequence desc, campaign_type asc
        ) as recency
    from observed

),

versions as (

    select
        changes.platform,
        changes.account_ref,
        changes.campaign_id,
        changes.campaign_name,
        latest.campaign_type,
        latest.status,
        changes.valid_from,
        lead(changes.valid_from) over (
            partition by changes.platform, changes.account_ref, changes.campaign_id
            order by changes.valid_from
        ) as valid_to
    from changes
    inner join latest
        on
            changes.platform = latest.platform
            and changes.account_ref = latest.account_ref
            and changes.campaign_id = latest.campaign_id
            and latest.recency = 1

),

final as (

    select
        {{ surrogate_key(['platform', 'account_ref', 'campaign_id', 'valid_from']) }}
            as campaign_key,
        {{ surrogate_key(['platform', 'account_ref', 'campaign_id']) }} as campaign_durable_key,
        platform,
        account_ref,
        campaign_id,
        campaign_name,
        campaign_type,
        status,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions

)

select * from final
