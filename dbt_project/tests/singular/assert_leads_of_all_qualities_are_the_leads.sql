{{ config(enabled=delivered('leads')) }}

with

facts as (

    select
        {{ month_of_day('created_on') }} as month,
        count(*) as leads,
        sum(case when quality = 'valid' then 1 else 0 end) as valid_leads
    from {{ ref('fct_leads') }}
    group by {{ month_of_day('created_on') }}

),

mart as (

    select
        month,
        sum(
            valid_leads + spam_leads + duplicate_leads + internal_leads + test_leads
            + disqualified_leads
        ) as leads,
        sum(leads) as stated_leads,
        sum(valid_leads) as valid_leads
    from {{ ref('lead_quality') }}
    group by month

)

select
    coalesce(facts.month, mart.month) as month,
    facts.leads,
    mart.stated_leads
from facts
full outer join mart on facts.month = mart.month
where
    coalesce(facts.leads, 0) <> coalesce(mart.leads, 0)
    or coalesce(facts.leads, 0) <> coalesce(mart.stated_leads, 0)
    or coalesce(facts.valid_leads, 0) <> coalesce(mart.valid_leads, 0)
