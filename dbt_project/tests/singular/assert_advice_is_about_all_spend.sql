{{ config(enabled=delivered('ad_spend') or delivered('costs')) }}

with

money as (

    select
        date_day,
        lead_source_key,
        spend
    from {{ ref('fct_ad_spend') }}
    union all
    select
        date_day,
        lead_source_key,
        amount as spend
    from {{ ref('fct_costs') }}
    where cost_type <> 'touchpoint'

),

advice as (

    select * from {{ ref('budget_advice') }}
    where dimension = 'lead_source'

),

facts as (

    select
        advice.member_key,
        sum(money.spend) as spend
    from advice
    inner join money
        on
            advice.member_key = money.lead_source_key
            and money.date_day between advice.period_start and advice.period_end
    group by advice.member_key

)

select
    advice.member_key,
    advice.spend,
    facts.spend as spend_of_facts
from advice
left join facts on advice.member_key = facts.member_key
where facts.spend is null or abs(advice.spend - facts.spend) > 0.01
