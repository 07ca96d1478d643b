{# What leads did and what was spent, summed by some keys and put side by side: the common table
   expressions `outcomes`, `spending` and `combined`, from `lead_outcomes` and `money_spent`. Leads
   without money and money without leads both stay. #}
{% macro combined_performance(keys) -%}
    outcomes as (

        select
            {% for key in keys -%}
            {{ key }},
            {% endfor -%}
            sum(leads) as leads,
            sum(mqls) as mqls,
            sum(sqls) as sqls,
            sum(opportunities) as opportunities,
            sum(customers) as customers,
            sum(revenue) as revenue,
            {{ median_of('days_to_customer') }} as median_days_to_customer
        from lead_outcomes
        group by {{ keys | join(', ') }}

    ),

    spending as (

        select
            {% for key in keys -%}
            {{ key }},
            {% endfor -%}
            sum(ad_spend) as ad_spend,
            sum(other_costs) as other_costs
        from money_spent
        group by {{ keys | join(', ') }}

    ),

    combined as (

        select
            {% for key in keys -%}
            coalesce(outcomes.{{ key }}, spending.{{ key }}) as {{ key }},
            {% endfor -%}
            coalesce(outcomes.leads, 0) as leads,
            coalesce(outcomes.mqls, 0) as mqls,
            coalesce(outcomes.sqls, 0) as sqls,
            coalesce(outcomes.opportunities, 0) as opportunities,
            coalesce(outcomes.customers, 0) as customers,
            coalesce(outcomes.revenue, 0) as revenue,
            outcomes.median_days_to_customer,
            coalesce(spending.ad_spend, 0) as ad_spend,
            coalesce(spending.other_costs, 0) as other_costs,
            coalesce(spending.ad_spend, 0) + coalesce(spending.other_costs, 0) as spend
        from outcomes
        full outer join spending
            on
                {% for key in keys -%}
                outcomes.{{ key }} = spending.{{ key }}
                {%- if not loop.last %} and {% endif %}
                {% endfor %}

    )
{%- endmacro %}

{# The measures of a performance mart, from `combined`. #}
{% macro performance_measures() -%}
    cast(combined.leads as bigint) as leads,
    cast(combined.mqls as bigint) as mqls,
    cast(combined.sqls as bigint) as sqls,
    cast(combined.opportunities as bigint) as opportunities,
    cast(combined.customers as bigint) as customers,
    {{ ratio('combined.customers', 'combined.leads') }} as conversion_rate,
    {{ proportion_bound('combined.customers', 'combined.leads', '-') }} as conversion_rate_low,
    {{ proportion_bound('combined.customers', 'combined.leads', '+') }} as conversion_rate_high,
    cast(combined.revenue as decimal(18, 6)) as revenue,
    cast(combined.spend as decimal(18, 6)) as spend,
    cast(combined.ad_spend as decimal(18, 6)) as ad_spend,
    cast(combined.other_costs as decimal(18, 6)) as other_costs,
    {{ unit_cost('combined.spend', 'combined.leads') }} as cost_per_lead,
    {{ unit_cost('combined.spend', 'combined.customers') }} as cac,
    {{ ratio('combined.revenue', 'combined.spend') }} as roas,
    {{ ratio('combined.revenue - combined.spend', 'combined.spend') }} as roi,
    {{ published_double('combined.median_days_to_customer') }} as median_days_to_customer
{%- endmacro %}
