{# What content brought, by month and some of its columns: the common table expressions from
   `contacts` to `measured`. Each is counted once a row: a person who met several pieces of one topic
   is one person of the topic. A lead, and a deal, count in the month of the last contact before
   they came about, within the look-back of visits. #}
{% macro content_measures(keys) -%}
    contacts as (

        select
            {{ month_of_day('contacts.met_on') }} as month,
            {%- for key in keys %}
            content.{{ key }},
            {%- endfor %}
            contacts.touchpoint_key,
            contacts.somebody,
            contacts.met_at
        from {{ ref('content_contacts') }} as contacts
        inner join {{ ref('dim_content') }} as content
            on contacts.content_key = content.content_key

    ),

    visit_lookback as (

        select lookback_days from {{ ref('stg_ops__lookbacks') }}
        where touch_type = 'visit'

    ),

    leads as (

        select * from {{ ref('fct_leads') }}
        where person_key <> 'unknown'

    ),

    met as (

        select
            month,
            {{ keys | join(', ') }},
            count(distinct somebody) as people
        from contacts
        group by month, {{ keys | join(', ') }}

    ),

    -- The last contact before something that became of a person.
    became_leads as (

        select
            {%- for key in keys %}
            contacts.{{ key }},
            {%- endfor %}
            leads.lead_key,
            max(contacts.month) as month,
            max(case when leads.is_customer then 1 else 0 end) as customers
        from contacts
        cross join visit_lookback
        inner join leads
            on
                contacts.somebody = leads.person_key
                and leads.created_until >= contacts.met_at
        where
            {{ epoch_micros('leads.created_at') }} - {{ epoch_micros('contacts.met_at') }}
            <= visit_lookback.lookback_days * {{ micros_of_a_day() }}
        group by contacts.{{ keys | join(', contacts.') }}, leads.lead_key

    ),

    lead_sums as (

        select
            month,
            {{ keys | join(', ') }},
            count(*) as leads,
            sum(customers) as customers
        from became_leads
        group by month, {{ keys | join(', ') }}

    ),

    -- A deal below zero is a refund of another, and no deal of its own.
    influenced as (

        select
            {%- for key in keys %}
            contacts.{{ key }},
            {%- endfor %}
            opportunities.opportunity_key,
            max(contacts.month) as month,
            max(opportunities.amount) as amount
        from contacts
        cross join visit_lookback
        inner join leads on contacts.somebody = leads.person_key
        inner join {{ ref('fct_opportunities') }} as opportunities
            on
                leads.lead_key = opportunities.lead_key
                and opportunities.created_at >= contacts.met_at
        where
            opportunities.amount >= 0
            and {{ epoch_micros('opportunities.created_at') }} - {{ epoch_micros('contacts.met_at') }}
            <= visit_lookback.lookback_days * {{ micros_of_a_day() }}
        group by contacts.{{ keys | join(', contacts.') }}, opportunities.opportunity_key

    ),

    deal_sums as (

        select
            month,
            {{ keys | join(', ') }},
            count(*) as opportunities,
            sum(amount) as pipeline
        from influenced
        group by month, {{ keys | join(', ') }}

    ),

    -- Whether the model is computed: what nobody computed is not nothing.
    linear as (

        select count(*) as models from {{ ref('stg_ops__enabled_models') }}
        where attribution_model = 'linear'

    ),

    credited as (

        select
            contacts.month,
            {%- for key in keys %}
            contacts.{{ key }},
            {%- endfor %}
            sum(credits.credited_value) as revenue_credited
        from {{ ref('fct_attribution_credits') }} as credits
        inner join contacts on credits.touchpoint_key = contacts.touchpoint_key
        where
            credits.attribution_model = 'linear'
            and credits.conversion_type in ('customer', 'repeat_customer')
        group by contacts.month, contacts.{{ keys | join(', contacts.') }}

    ),

    measured as (

        select
            met.*,
            cast(coalesce(lead_sums.leads, 0) as bigint) as leads,
            cast(coalesce(lead_sums.customers, 0) as bigint) as customers,
            cast(coalesce(deal_sums.opportunities, 0) as bigint) as opportunities,
            cast(coalesce(deal_sums.pipeline, 0) as decimal(18, 6)) as pipeline_influenced,
            cast(
                case when linear.models > 0 then coalesce(credited.revenue_credited, 0) end
                as decimal(18, 6)
            ) as revenue_credited
        from met
        cross join linear
        {%- for relation in ['lead_sums', 'deal_sums', 'credited'] %}
        left join {{ relation }}
            on
                met.month = {{ relation }}.month
                {%- for key in keys %}
                and met.{{ key }} = {{ relation }}.{{ key }}
                {%- endfor %}
        {%- endfor %}

    )
{%- endmacro %}
