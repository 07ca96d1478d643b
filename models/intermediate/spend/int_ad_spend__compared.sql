-- One money is counted once. Of two files about a platform's account and day the newer counts, by
-- grain: the totals of an account and its campaigns are two views that belong together. Of a file
-- and a connector the one that was read on a later day counts, and on one day the connector. Files
-- that are declared additive take no part.
with

ad_spend as (

    select * from {{ ref('int_ad_spend__unioned') }}

),

keyed as (

    select
        *,
        {{ account_key('account_id') }} as stated_account,
        nullif(trim(campaign_id), '') as known_id,
        nullif(lower(trim(campaign_name)), '') as known_name
    from ad_spend

),

accounts_by_id as (

    select
        platform,
        known_id,
        min(stated_account) as account_key
    from keyed
    where stated_account <> '' and known_id is not null
    group by platform, known_id
    having min(stated_account) = max(stated_account)

),

accounts_by_name as (

    select
        platform,
        known_name,
        min(stated_account) as account_key
    from keyed
    where stated_account <> '' and known_name is not null
    group by platform, known_name
    having min(stated_account) = max(stated_account)

),

-- An export that leaves out the account means the one that has its campaign.
placed as (

    select
        keyed.*,
        case
            when keyed.stated_account <> '' then keyed.stated_account
            when keyed.known_id is not null then coalesce(accounts_by_id.account_key, '')
            else coalesce(accounts_by_name.account_key, '')
        end as account_key
    from keyed
    left join accounts_by_id
        on keyed.platform = accounts_by_id.platform and keyed.known_id = accounts_by_id.known_id
    left join accounts_by_name
        on
            keyed.platform = accounts_by_name.platform
            and keyed.known_name = accounts_by_name.known_name

),

competing as (

    select * from placed
    where not is_additive

),

files as (

    select
        platform,
        account_key,
        date_day,
        grain,
        sequence,
        min(stated_by) as stated_by,
        row_number() over (
            partition by platform, account_key, date_day, grain order by sequence desc
        ) as recency
    from competing
    where source_system = 'inbox'
    group by platform, account_key, date_day, grain, sequence

),

-- Two files that name no account may be of two; a campaign that both know makes them one account's.
named as (

    select
        platform,
        sequence,
        'id ' || known_id as campaign
    from competing
    where source_system = 'inbox' and account_key = '' and known_id is not null
    group by platform, sequence, known_id
    union all
    select
        platform,
        sequence,
        'name ' || known_name as campaign
    from competing
    where source_system = 'inbox' and account_key = '' and known_name is not null
    group by platform, sequence, known_name
    union all
    select
        platform,
        sequence,
        '' as campaign
    from competing
    where source_system = 'inbox' and account_key = '' and grain = 'account'
    group by platform, sequence

),

related as (

    select
        older.platform,
        older.sequence,
        newer.sequence as newer_sequence
    from named as older
    inner join named as newer
        on
            older.platform = newer.platform
            and older.campaign = newer.campaign
            and older.sequence < newer.sequence
    group by older.platform, older.sequence, newer.sequence

),

replaced as (

    select
        older.platform,
        older.account_key,
        older.date_day,
        older.grain,
        older.sequence,
        newer.sequence as newer_sequence
    from files as older
    inner join files as newer
        on
            older.platform = newer.platform
            and older.account_key = newer.account_key
            and older.date_day = newer.date_day
            and older.grain = newer.grain
            and newer.recency = 1
    where older.recency > 1 and older.account_key <> ''
    union all
    select
        older.platform,
        older.account_key,
        older.date_day,
        older.grain,
        older.sequence,
        max(newer.sequence) as newer_sequence
    from files as older
    inner join related
        on older.platform = related.platform and older.sequence = related.sequence
    inner join files as newer
        on
            related.platform = newer.platform
            and related.newer_sequence = newer.sequence
            and older.account_key = newer.account_key
            and older.date_day = newer.date_day
            and older.grain = newer.grain
    where older.account_key = ''
    group by
        older.platform, older.account_key, older.date_day, older.grain, older.sequence

),

replaced_files as (

    select
        replaced.*,
        newer.stated_by as counted_from
    from replaced
    inner join files as newer
        on
            replaced.platform = newer.platform
            and replaced.account_key = newer.account_key
            and replaced.date_day = newer.date_day
            and replaced.grain = newer.grain
            and replaced.newer_sequence = newer.sequence

),

systems as (

    select
        platform,
        account_key,
        date_day,
        source_system,
        max(stated_by) as stated_by,
        row_number() over (
            partition by platform, account_key, date_day
            order by
                max(cast(read_at as date)) desc,
                case when source_system = 'inbox' then 1 else 0 end asc,
                source_system asc
        ) as choice
    from competing
    where account_key <> ''
    group by platform, account_key, date_day, source_system

),

replaced_systems as (

    select
        older.platform,
        older.account_key,
        older.date_day,
        older.source_system,
        newer.stated_by as counted_from
    from systems as older
    inner join systems as newer
        on
            older.platform = newer.platform
            and older.account_key = newer.account_key
            and older.date_day = newer.date_day
            and newer.choice = 1
    where older.choice > 1

),

final as (

    select
        placed.source_system,
        placed.platform,
        placed.account_id,
        placed.date_day,
        placed.grain,
        placed.campaign_id,
        placed.campaign_name,
        placed.campaign_type,
        placed.ad_group_id,
        placed.ad_group_name,
        placed.ad_id,
        placed.ad_name,
        placed.keyword,
        placed.stated_lead_source,
        placed.stated_lead_channel,
        placed.spend_native,
        placed.currency,
        placed.impressions,
        placed.clicks,
        placed.platform_conversions,
        placed.stated_by,
        case
            when placed.is_additive then cast(null as {{ dbt.type_string() }})
            else coalesce(replaced_systems.counted_from, replaced_files.counted_from)
        end as counted_from
    from placed
    left join replaced_systems
        on
            placed.platform = replaced_systems.platform
            and placed.account_key = replaced_systems.account_key
            and placed.date_day = replaced_systems.date_day
            and placed.source_system = replaced_systems.source_system
    left join replaced_files
        on
            placed.source_system = 'inbox'
            and placed.platform = replaced_files.platform
            and placed.account_key = replaced_files.account_key
            and placed.date_day = replaced_files.date_day
            and placed.grain = replaced_files.grain
            and placed.sequence = replaced_files.sequence

)

select * from final
