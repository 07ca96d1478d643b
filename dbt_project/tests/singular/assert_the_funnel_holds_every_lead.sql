{{ config(enabled=delivered('leads')) }}

with

facts as (

    select
        {{ month_of_day('created_on') }} as month,
        count(*) as leads
    from {{ ref('fct_leads') }}
    group by {{ month_of_day('created_on') }}

),

funnel as (

    select
        month,
        sum(entered) as leads
    from {{ ref('funnel_steps') }}
    where step = 'lead'
    group by month

)

select
    coalesce(facts.month, funnel.month) as month,
    facts.leads,
    funnel.leads as leads_in_funnel
from facts
full outer join funnel on facts.month = funnel.month
where
    coalesce(facts.leads, 0) <> coalesce(funnel.leads, 0)
    and exists (select 1 from {{ ref('stg_ops__funnel_steps') }})
