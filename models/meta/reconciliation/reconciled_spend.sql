{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Spend in the account's currency, from the slices to the fact, per account and month. The total of
-- staging is computed here a second time, by another way than int_ad_spend__completed does: a row
-- counts when nothing coarser that contains it was reported for its day.
with

landed as (

    select * from {{ ref('stg_reconciliation__landed_spend') }}

),

staged as (

    select * from {{ ref('int_ad_spend__unioned') }}

),

identified as (

    select * from {{ ref('int_ad_spend__identified') }}

),

overlapping as (

    select * from {{ ref('spend_overlaps') }}

),

facts as (

    select * from {{ ref('fct_ad_spend') }}

),

landed_months as (

    select
        coalesce(platform, 'unknown') as platform,
        coalesce(trim(account_id), '') as account_ref,
        {{ month_of_day('date_day') }} as month,
        sum(spend_native) as amount
    from landed
    group by
        coalesce(platform, 'unknown'),
        coalesce(trim(account_id), ''),
        {{ month_of_day('date_day') }}

),

staged_months as (

    select
        coalesce(platform, 'unknown') as platform,
        coalesce(trim(account_id), '') as account_ref,
        {{ month_of_day('date_day') }} as month,
        sum(spend_native) as amount
    from staged
    group by
        coalesce(platform, 'unknown'),
        coalesce(trim(account_id), ''),
        {{ month_of_day('date_day') }}

),

accounted as (

    select
        platform,
        account_ref,
        {{ month_of_day('date_day') }} as month,
        spend_native
    from identified
    union all
    select
        coalesce(platform, 'unknown') as platform,
        coalesce(account_id, '') as account_ref,
        {{ month_of_day('date_day') }} as month,
        spend_native
    from overlapping

),

accounted_months as (

    select
        platform,
        account_ref,
        month,
        sum(spend_native) as amount
    from accounted
    group by platform, account_ref, month

),

coarsest as (

    select
        *,
        min(grain_rank) over (
            partition by source_system, platform, account_ref, currency, date_day
        ) as rank_of_account,
        min(grain_rank) over (
            partition by source_system, platform, account_ref, currency, date_day, campaign_ref
        ) as rank_of_campaign,
        min(grain_rank) over (
            partition by
                source_system,
                platform,
                account_ref,
                currency,
                date_day,
                campaign_ref,
                ad_group_ref
        ) as rank_of_ad_group
    from identified

),

reported_months as (

    select
        platform,
        account_ref,
        currency,
        {{ month_of_day('date_day') }} as month,
        sum(spend_native) as amount
    from coarsest
    where
        grain_rank = 1
        or (rank_of_account > 1 and grain_rank = 2)
        or (rank_of_account > 1 and rank_of_campaign > 2 and grain_rank = 3)
        or (
            rank_of_account > 1
            and rank_of_campaign > 2
            and rank_of_ad_group > 3
            and grain_rank = 4
        )
    group by platform, account_ref, currency, {{ month_of_day('date_day') }}

),

fact_months as (

    select
        platform,
        coalesce(account_id, '') as account_ref,
        currency,
        {{ month_of_day('date_day') }} as month,
        sum(spend_native) as amount
    from facts
    group by platform, coalesce(account_id, ''), currency, {{ month_of_day('date_day') }}

),

final as (

    select
        'spend_landed_vs_staging' as check_name,
        cast(coalesce(landed_months.month, staged_months.month) as {{ dbt.type_string() }})
            as period,
        coalesce(landed_months.platform, staged_months.platform)
        || ' ' || coalesce(landed_months.account_ref, staged_months.account_ref) as subject,
        'account currency, all grains' as unit,
        coalesce(landed_months.amount, 0) as left_side,
        coalesce(staged_months.amount, 0) as right_side,
        'error' as severity
    from landed_months
    full outer join staged_months
        on
            landed_months.platform = staged_months.platform
            and landed_months.account_ref = staged_months.account_ref
            and landed_months.month = staged_months.month
    union all
    -- What an overlap leaves out is named; nothing else is missing.
    select
        'spend_staging_vs_counted_and_overlapping' as check_name,
        cast(coalesce(staged_months.month, accounted_months.month) as {{ dbt.type_string() }})
            as period,
        coalesce(staged_months.platform, accounted_months.platform)
        || ' ' || coalesce(staged_months.account_ref, accounted_months.account_ref) as subject,
        'account currency, all grains' as unit,
        coalesce(staged_months.amount, 0) as left_side,
        coalesce(accounted_months.amount, 0) as right_side,
        'error' as severity
    from staged_months
    full outer join accounted_months
        on
            staged_months.platform = accounted_months.platform
            and staged_months.account_ref = accounted_months.account_ref
            and staged_months.month = accounted_months.month
    union all
    select
        'spend_staging_vs_fact' as check_name,
        cast(coalesce(reported_months.month, fact_months.month) as {{ dbt.type_string() }})
            as period,
        coalesce(reported_months.platform, fact_months.platform)
        || ' ' || coalesce(reported_months.account_ref, fact_months.account_ref) as subject,
        coalesce(reported_months.currency, fact_months.currency) as unit,
        coalesce(reported_months.amount, 0) as left_side,
        coalesce(fact_months.amount, 0) as right_side,
        'error' as severity
    from reported_months
    full outer join fact_months
        on
            reported_months.platform = fact_months.platform
            and reported_months.account_ref = fact_months.account_ref
            and reported_months.currency = fact_months.currency
            and reported_months.month = fact_months.month

)

select * from final
