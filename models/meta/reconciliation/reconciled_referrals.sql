{{ config(
    materialized='ephemeral',
    contract={'enforced': false},
    enabled=delivered('referrals')
) }}

-- What the mart of advocates totals, against the facts it is made of, summed past its joins.
with

performance as (

    select
        coalesce(sum(referrals), 0) as referrals,
        coalesce(sum(people), 0) as people,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('advocate_performance') }}

),

referrals as (

    select count(*) as referrals from {{ ref('fct_referrals') }}

),

people as (

    select
        count(distinct case when person_key = 'unknown' then referral_key else person_key end)
            as people
    from {{ ref('fct_referrals') }}
    where is_first and advocate_key <> person_key

),

bought as (

    select coalesce(sum(leads.revenue), 0) as revenue
    from {{ ref('fct_leads') }} as leads
    where
        leads.person_key <> 'unknown'
        and leads.person_key in (
            select referrals.person_key
            from {{ ref('fct_referrals') }} as referrals
            where referrals.is_first and referrals.advocate_key <> referrals.person_key
        )

),

sides as (

    select
        'referrals' as subject,
        'referrals' as unit,
        referrals.referrals as left_side,
        performance.referrals as right_side
    from performance
    cross join referrals
    union all
    select
        'people' as subject,
        'people' as unit,
        people.people as left_side,
        performance.people as right_side
    from performance
    cross join people
    union all
    select
        'revenue' as subject,
        company.reporting_currency as unit,
        bought.revenue as left_side,
        performance.revenue as right_side
    from performance
    cross join bought
    cross join {{ ref('stg_ops__company') }} as company

),

final as (

    select
        'referrals_facts_vs_mart' as check_name,
        'all' as period,
        subject,
        unit,
        left_side,
        right_side,
        'error' as severity
    from sides

)

select * from final
