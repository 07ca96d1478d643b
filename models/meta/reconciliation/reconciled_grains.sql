{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- The same money at two grains of one account and month. Differences are not a fault of this
-- warehouse (it carries them as residual rows), so they warn and show both sums. A campaign that
-- never reports ads (Performance Max) is not a difference.
with

ad_spend as (

    select * from {{ ref('int_ad_spend__identified') }}

),

unassigned as (

    select
        platform,
        currency,
        {{ month_of_day('date_day') }} as month,
        sum(case when campaign_ref = '' then spend_native else 0 end) as without_campaign,
        sum(case when campaign_ref <> '' then spend_native else 0 end) as with_campaign
    from ad_spend
    where account_ref = '' and grain_rank = 2
    group by platform, currency, {{ month_of_day('date_day') }}

),

accounts as (

    select
        source_system,
        platform,
        account_ref,
        currency,
        {{ month_of_day('date_day') }} as month,
        sum(case when grain_rank = 1 then spend_native end) as account_amount,
        sum(case when grain_rank = 2 then spend_native end) as campaign_amount
    from ad_spend
    group by
        source_system, platform, account_ref, currency, {{ month_of_day('date_day') }}

),

campaign_grains as (

    select
        source_system,
        platform,
        account_ref,
        currency,
        campaign_ref,
        max(case when grain_rank = 2 then 1 else 0 end) as has_campaign_rows,
        max(case when grain_rank = 3 then 1 else 0 end) as has_ad_group_rows,
        max(case when grain_rank = 4 then 1 else 0 end) as has_ad_rows
    from ad_spend
    where grain_rank >= 2
    group by source_system, platform, account_ref, currency, campaign_ref

),

campaigns as (

    select
        ad_spend.source_system,
        ad_spend.platform,
        ad_spend.account_ref,
        ad_spend.currency,
        {{ month_of_day('ad_spend.date_day') }} as month,
        sum(
            case
                when ad_spend.grain_rank = 2 and campaign_grains.has_ad_rows = 1
                    then ad_spend.spend_native
            end
        ) as campaign_amount,
        sum(case when ad_spend.grain_rank = 4 then ad_spend.spend_native end) as ad_amount
    from ad_spend
    inner join campaign_grains
        on
            ad_spend.source_system = campaign_grains.source_system
            and ad_spend.platform = campaign_grains.platform
            and ad_spend.account_ref = campaign_grains.account_ref
            and ad_spend.currency = campaign_grains.currency
            and ad_spend.campaign_ref = campaign_grains.campaign_ref
    where campaign_grains.has_campaign_rows = 1
    group by
        ad_spend.source_system,
        ad_spend.platform,
        ad_spend.account_ref,
        ad_spend.currency,
        {{ month_of_day('ad_spend.date_day') }}

),

final as (

    select
        'spend_account_vs_campaigns' as check_name,
        cast(month as {{ dbt.type_string() }}) as period,
        platform || ' ' || account_ref as subject,
        currency as unit,
        account_amount as left_side,
        campaign_amount as right_side,
        'warn' as severity
    from accounts
    where account_amount is not null and campaign_amount is not null
    union all
    select
        'spend_campaigns_vs_ads' as check_name,
        cast(month as {{ dbt.type_string() }}) as period,
        platform || ' ' || account_ref as subject,
        currency as unit,
        campaign_amount as left_side,
        ad_amount as right_side,
        'warn' as severity
    from campaigns
    where campaign_amount is not null and ad_amount is not null
    union all
    -- Money that names neither account nor campaign is added to that of campaigns. Where it is at
    -- least as much, it may be their total instead, and then it is counted twice.
    select
        'spend_without_campaign_vs_campaigns' as check_name,
        cast(month as {{ dbt.type_string() }}) as period,
        platform as subject,
        currency as unit,
        without_campaign as left_side,
        with_campaign as right_side,
        'warn' as severity
    from unassigned
    where with_campaign > 0 and without_campaign >= with_campaign

)

select * from final
