-- The chain ladder of insurers (T. Mack, ASTIN 1993): by how much the customers of a month's leads
-- have grown from one month to the next, over all months that were seen so far, and from that the
-- share which a month's leads have reached at their age.
with

leads as (

    select * from {{ ref('fct_leads') }}

),

complete_days as (

    select * from {{ ref('stg_ops__complete_days') }}

),

-- Months as numbers; the last one that is complete to its end.
observed as (

    select {{ month_number(dbt.dateadd('day', 1, 'last_complete_day')) }} - 1 as last_month
    from complete_days

),

dated as (

    select
        created_on,
        is_customer,
        case when customer_on > created_on then customer_on else created_on end as converted_on
    from leads

),

born as (

    select
        {{ month_number('created_on') }} as cohort,
        {{ month_of_day('created_on') }} as month,
        {{ month_number('converted_on') }} as converted,
        sum(case when is_customer then 1 else 0 end) as customers
    from dated
    group by
        {{ month_number('created_on') }},
        {{ month_of_day('created_on') }},
        {{ month_number('converted_on') }}

),

cohorts as (

    select
        born.cohort,
        born.month,
        observed.last_month,
        observed.last_month - born.cohort as age
    from born
    cross join observed
    group by born.cohort, born.month, observed.last_month

),

ages as (

    select age
    from cohorts
    where age >= 0
    group by age

),

triangle as (

    select
        cohorts.cohort,
        cohorts.age as last_age,
        ages.age,
        coalesce(sum(born.customers), 0) as customers
    from cohorts
    inner join ages on cohorts.age >= ages.age
    left join born
        on cohorts.cohort = born.cohort and born.converted <= cohorts.cohort + ages.age
    group by cohorts.cohort, cohorts.age, ages.age

),

grown as (

    select
        earlier.age,
        sum(earlier.customers) as before,
        sum(later.customers) as after
    from triangle as earlier
    inner join triangle as later
        on earlier.cohort = later.cohort and earlier.age + 1 = later.age
    group by earlier.age

),

evidence as (

    select
        max(age) + 1 as ages,
        max(after) as customers
    from grown

),

-- Ages at which nobody had bought yet say nothing of the growth to the next.
shares as (

    select
        grown.age,
        max(grown.before) as customers,
        exp(-sum(case when later.before > 0 then ln(later.after / later.before) else 0 end))
            as share
    from grown
    inner join grown as later on grown.age <= later.age
    group by grown.age

),

final as (

    select
        cohorts.month,
        cohorts.age,
        case
            when evidence.ages >= 6 and evidence.customers >= 20 and cohorts.age >= 0
                then {{ published_double(
                    'case when shares.customers = 0 then 0 else coalesce(shares.share, 1) end'
                ) }}
        end as maturity
    from cohorts
    cross join evidence
    left join shares on cohorts.age = shares.age

)

select
    month,
    maturity,
    -- A month that is not over is immature, whatever is known of others.
    case when age < 0 then false else maturity >= 0.9 end as is_mature
from final
