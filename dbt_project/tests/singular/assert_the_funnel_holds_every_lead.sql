{{ config(enabled=delivered('leads')) }}

with

facts as (

    select
        {{ month_of_day('created_on') }} as month,
        count(*) as leads
    from {{ ref('fct_leads') }}
    group by {{ month_of_day('created_on') }}

),

configured as (

    select count(*) as steps
    from {{ ref('stg_ops__funnel_steps') }}

),

funnel as (

    select
        month,
        sum(entered) as leads
    from {{ ref('funnel_steps') }}
    where step = 'lead'
    group by month

)

-- A warehouse without configured steps has no funnel.
select
    coalesce(facts.month, funnel.month) as month,
    facts.leads,
    funnel.leads as leads_in_funnel
from facts
full outer join funnel on facts.month = funnel.month
cross join configured
where coalesce(facts.leads, 0) <> coalesce(funnel.leads, 0) and configured.steps > 0
