-- Three kinds of witnesses, in the order in which they are believed: the platform's own list, spend
-- reports (a day's name), mails. A later one speaks only of campaigns that no earlier one knows.
with

listed as (

    select
        platform,
        coalesce(account_id, '') as account_ref,
        campaign_id,
        nullif(trim(campaign_name), '') as campaign_name,
        campaign_type,
        status,
        observed_at,
        sequence
    from {{ ref('int_campaigns__unioned') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

ad_spend as (

    select * from {{ ref('int_ad_spend__identified') }}

),

email_engagement as (

    select * from {{ ref('int_email_engagement__unioned') }}

),

listed_campaigns as (

    select
        platform,
        account_ref,
        campaign_id
    from listed
    group by platform, account_ref, campaign_id

),

listed_ids as (

    select
        platform,
        campaign_id
    from listed_campaigns
    group by platform, campaign_id

),

spent as (

    select
        ad_spend.platform,
        ad_spend.account_ref,
        ad_spend.campaign_ref as campaign_id,
        max(ad_spend.campaign_name) as campaign_name,
        max(ad_spend.campaign_type) as campaign_type,
        cast(null as {{ dbt.type_string() }}) as status,
        {{ calendar_start('ad_spend.date_day', 'company.reporting_timezone') }} as observed_at,
        cast(0 as bigint) as sequence
    from ad_spend
    cross join company
    left join listed_campaigns
        on
            ad_spend.platform = listed_campaigns.platform
            and ad_spend.account_ref = listed_campaigns.account_ref
            and ad_spend.campaign_ref = listed_campaigns.campaign_id
    left join listed_ids
        on
            ad_spend.platform = listed_ids.platform
            and ad_spend.campaign_ref = listed_ids.campaign_id
    where
        ad_spend.campaign_ref <> ''
        and listed_campaigns.campaign_id is null
        and (ad_spend.account_ref <> '' or listed_ids.campaign_id is null)
    group by
        ad_spend.platform,
        ad_spend.account_ref,
        ad_spend.campaign_ref,
        ad_spend.date_day,
        company.reporting_timezone

),

mailed as (

    select
        email_engagement.source_system as platform,
        '' as account_ref,
        email_engagement.campaign_id,
        max(email_engagement.campaign_name) as campaign_name,
        cast(null as {{ dbt.type_string() }}) as campaign_type,
        cast(null as {{ dbt.type_string() }}) as status,
        min(email_engagement.occurred_at) as observed_at,
        cast(0 as bigint) as sequence
    from email_engagement
    left join listed_ids
        on
            email_engagement.source_system = listed_ids.platform
            and email_engagement.campaign_id = listed_ids.campaign_id
    where email_engagement.campaign_id is not null and listed_ids.campaign_id is null
    group by email_engagement.source_system, email_engagement.campaign_id

),

final as (

    select * from listed
    where campaign_id is not null
    union all
    select * from spent
    union all
    select * from mailed

)

select * from final
