{# What leads became, summed. #}
{% macro outcome_sums() -%}
    sum(leads) as leads,
    sum(mqls) as mqls,
    sum(sqls) as sqls,
    sum(opportunities) as opportunities,
    sum(customers) as customers,
    sum(revenue) as revenue,
    sum(deals) as deals,
    sum(deals_won) as deals_won,
    sum(deals_lost) as deals_lost,
    sum(won_value) as won_value,
    sum(pipeline_created) as pipeline_created,
    sum(pipeline_open) as pipeline_open,
    {{ median_of('days_to_customer') }} as median_days_to_customer
{%- endmacro %}

{# The sums of `outcomes` and `spending`, where one of them may be missing. #}
{% macro outcomes_or_zero() -%}
    {% for measure in [
        'leads', 'mqls', 'sqls', 'opportunities', 'customers', 'revenue', 'deals', 'deals_won',
        'deals_lost', 'won_value', 'pipeline_created', 'pipeline_open'
    ] -%}
    coalesce(outcomes.{{ measure }}, 0) as {{ measure }},
    {% endfor -%}
    outcomes.median_days_to_customer,
    coalesce(spending.ad_spend, 0) as ad_spend,
    coalesce(spending.other_costs, 0) as other_costs,
    coalesce(spending.ad_spend, 0) + coalesce(spending.other_costs, 0) as spend
{%- endmacro %}

{# What leads did and what was spent, summed by some keys and put side by side: the common table
   expressions `outcomes`, `spending` and `combined`, from `lead_outcomes` and `money_spent`. Leads
   without money and money without leads both stay. #}
{% macro combined_performance(keys) -%}
    outcomes as (

        select
            {% for key in keys -%}
            {{ key }},
            {% endfor -%}
            {{ outcome_sums() | indent(12) }}
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
            {{ outcomes_or_zero() | indent(12) }}
        from outcomes
        full outer join spending
            on
                {% for key in keys -%}
                outcomes.{{ key }} = spending.{{ key }}
                {%- if not loop.last %} and {% endif %}
                {% endfor %}

    )
{%- endmacro %}

{# The measures of leads and deals, from `combined` and `maturity`. #}
{% macro outcome_measures() -%}
    {% for measure in ['leads', 'mqls', 'sqls', 'opportunities', 'customers'] -%}
    cast(combined.{{ measure }} as bigint) as {{ measure }},
    {% endfor -%}
    {% for rate, part in [
        ('mql_rate', 'mqls'), ('sql_rate', 'sqls'), ('opportunity_rate', 'opportunities'),
        ('conversion_rate', 'customers')
    ] -%}
    {{ ratio('combined.' ~ part, 'combined.leads') }} as {{ rate }},
    {{ proportion_bound('combined.' ~ part, 'combined.leads', '-') }} as {{ rate }}_low,
    {{ proportion_bound('combined.' ~ part, 'combined.leads', '+') }} as {{ rate }}_high,
    {% endfor -%}
    maturity.maturity,
    maturity.is_mature,
    {{ published_double('combined.median_days_to_customer') }} as median_days_to_customer,
    cast(combined.revenue as decimal(18, 6)) as revenue,
    {% for measure in ['deals', 'deals_won', 'deals_lost'] -%}
    cast(combined.{{ measure }} as bigint) as {{ measure }},
    {% endfor -%}
    {% for measure in ['won_value', 'pipeline_created', 'pipeline_open'] -%}
    cast(combined.{{ measure }} as decimal(18, 6)) as {{ measure }},
    {% endfor -%}
    {%- set closed = 'combined.deals_won + combined.deals_lost' -%}
    {{ ratio('combined.deals_won', '(' ~ closed ~ ')') }} as win_rate,
    {{ proportion_bound('combined.deals_won', '(' ~ closed ~ ')', '-') }} as win_rate_low,
    {{ proportion_bound('combined.deals_won', '(' ~ closed ~ ')', '+') }} as win_rate_high,
    {{ unit_cost('combined.won_value', 'combined.deals_won') }} as average_deal
{%- endmacro %}

{# The measures of money, from `combined`. Where money cannot be split among the rows of a mart,
   `divisible` is the condition under which ratios of money mean anything. #}
{% macro money_measures(divisible=none) -%}
    {%- set spent = 'combined.spend' if divisible is none
        else 'case when ' ~ divisible ~ ' then combined.spend end' -%}
    cast(combined.spend as decimal(18, 6)) as spend,
    cast(combined.ad_spend as decimal(18, 6)) as ad_spend,
    cast(combined.other_costs as decimal(18, 6)) as other_costs,
    {{ unit_cost(spent, 'combined.leads') }} as cost_per_lead,
    {{ unit_cost(spent, 'combined.customers') }} as cac,
    {{ per_money_spent('combined.revenue', spent) }} as roas,
    {{ per_money_spent('combined.revenue - combined.spend', spent) }} as roi
{%- endmacro %}
