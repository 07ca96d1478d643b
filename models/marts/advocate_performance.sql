{{ config(enabled=delivered('referrals')) }}

with

referrals as (

    select * from {{ ref('fct_referrals') }}

),

leads as (

    select
        person_key,
        count(*) as leads,
        max(case when is_customer then 1 else 0 end) as is_customer,
        sum(revenue) as revenue
    from {{ ref('fct_leads') }}
    where person_key <> 'unknown'
    group by person_key

),

costs as (

    select * from {{ ref('fct_costs') }}
    where cost_type = 'touchpoint'

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}

),

advocates as (

    select
        advocate_key,
        min(advocate_lead_key) as advocate_lead_key,
        min(referred_at) as first_referral_at,
        min(referred_on) as first_referral_on,
        count(*) as referrals
    from referrals
    group by advocate_key

),

rewards as (

    select
        referrals.advocate_key,
        sum(costs.amount) as spend
    from referrals
    inner join touchpoints on referrals.touchpoint_key = touchpoints.touchpoint_key
    inner join costs on touchpoints.touchpoint_id = costs.cost_id
    group by referrals.advocate_key

),

-- Whoever nothing identifies is somebody, whom nobody else referred.
edges as (

    select
        advocate_key,
        case when person_key = 'unknown' then referral_key else person_key end as somebody
    from referrals
    where is_first and advocate_key <> person_key

),

-- Everybody was referred once, so this is a tree; a ring of people ends where it began.
generation_1 as (

    select
        advocate_key,
        somebody
    from edges

),

{% for number in range(2, 7) %}
    generation_{{ number }} as (

        select
            earlier.advocate_key,
            edges.somebody
        from generation_{{ number - 1 }} as earlier
        inner join edges on earlier.somebody = edges.advocate_key
        where edges.somebody <> earlier.advocate_key

    ),
{% endfor %}

generations as (

    {% for number in range(1, 7) %}
        select
            {{ number }} as generation,
            advocate_key,
            somebody
        from generation_{{ number }}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

brought as (

    select
        generations.advocate_key,
        max(generations.generation) as generations,
        sum(case when generations.generation = 1 then 1 else 0 end) as people,
        sum(case when generations.generation = 1 and leads.leads > 0 then 1 else 0 end) as leads,
        sum(case when generations.generation = 1 then coalesce(leads.is_customer, 0) else 0 end)
            as customers,
        sum(case when generations.generation = 1 then coalesce(leads.revenue, 0) else 0 end)
            as revenue,
        count(*) as people_all,
        sum(coalesce(leads.is_customer, 0)) as customers_all,
        sum(coalesce(leads.revenue, 0)) as revenue_all
    from generations
    left join leads on generations.somebody = leads.person_key
    group by generations.advocate_key

),

final as (

    select
        advocates.advocate_key,
        advocates.advocate_lead_key,
        advocates.first_referral_at,
        advocates.first_referral_on,
        cast(advocates.referrals as bigint) as referrals,
        cast(coalesce(brought.people, 0) as bigint) as people,
        cast(coalesce(brought.leads, 0) as bigint) as leads,
        cast(coalesce(brought.customers, 0) as bigint) as customers,
        {{ ratio('brought.customers', 'brought.people') }} as conversion_rate,
        {{ proportion_bound('brought.customers', 'brought.people', '-') }} as conversion_rate_low,
        {{ proportion_bound('brought.customers', 'brought.people', '+') }} as conversion_rate_high,
        cast(coalesce(brought.revenue, 0) as decimal(18, 6)) as revenue,
        cast(coalesce(rewards.spend, 0) as decimal(18, 6)) as spend,
        cast(coalesce(brought.generations, 0) as bigint) as generations,
        cast(coalesce(brought.people_all, 0) as bigint) as people_of_all_generations,
        cast(coalesce(brought.customers_all, 0) as bigint) as customers_of_all_generations,
        cast(coalesce(brought.revenue_all, 0) as decimal(18, 6)) as revenue_of_all_generations
    from advocates
    left join brought on advocates.advocate_key = brought.advocate_key
    left join rewards on advocates.advocate_key = rewards.advocate_key

)

select * from final
