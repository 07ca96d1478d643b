-- How far each lead came, and what its revenue consists of: explicit customer conversions, else its
-- won opportunities, else the lead's own value when it is a customer. It became a customer with the
-- first of these wins; what the CRM says of that moment counts where there is none. A correction
-- reaches no stage.
with

leads as (

    select * from {{ ref('int_leads__identified') }}

),

stated as (

    select * from {{ ref('int_conversions__resolved') }}
    where lead_key <> 'unknown' and not is_correction

),

opportunities as (

    select * from {{ ref('int_opportunities__resolved') }}
    where lead_key <> 'unknown' and coalesce(amount_native, 0) >= 0

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

{% if delivered('stage_history', by='inbox') %}
    -- Stages that a file of histories states: they count where no conversion and no deal says when.
    -- Who is a customer is said by what was won alone.
    staged as (

        select
            lead_ids.lead_key,
            case {{ normalized_code('history.stage') }}
                when 'mql' then 'mql'
                when 'marketing_qualified_lead' then 'mql'
                when 'sql' then 'sql'
                when 'sales_qualified_lead' then 'sql'
                when 'opportunity' then 'opportunity'
            end as stage,
            history.entered_at,
            history.entered_until
        from {{ ref('int_stage_history__unioned') }} as history
        inner join {{ ref('int_lead_ids__resolved') }} as lead_ids
            on history.source_system = lead_ids.source_system and history.lead_id = lead_ids.lead_id
        where history.source_system = 'inbox'

    ),

{% endif %}

deals as (

    select
        lead_key,
        min(created_at) as opportunity_at,
        min(created_until) as opportunity_until,
        min(won_at) as customer_at,
        min(won_until) as customer_until
    from opportunities
    group by lead_key

),

reached_stages as (

    select
        lead_key,
        conversion_type,
        occurred_at,
        occurred_until
    from stated
    {%- if delivered('stage_history', by='inbox') %}
        union all
        select
            staged.lead_key,
            staged.stage as conversion_type,
            staged.entered_at as occurred_at,
            staged.entered_until as occurred_until
        from staged
        left join stated
            on staged.lead_key = stated.lead_key and staged.stage = stated.conversion_type
        left join deals on staged.lead_key = deals.lead_key and staged.stage = 'opportunity'
        where staged.stage is not null and stated.lead_key is null and deals.lead_key is null
    {%- endif %}

),

stated_stages as (

    select
        lead_key,
        min(case when conversion_type = 'mql' then occurred_at end) as mql_at,
        min(case when conversion_type = 'mql' then occurred_until end) as mql_until,
        min(case when conversion_type = 'sql' then occurred_at end) as sql_at,
        min(case when conversion_type = 'sql' then occurred_until end) as sql_until,
        min(case when conversion_type = 'opportunity' then occurred_at end) as opportunity_at,
        min(case when conversion_type = 'opportunity' then occurred_until end) as opportunity_until,
        min(case when conversion_type = 'customer' then occurred_at end) as customer_at,
        min(case when conversion_type = 'customer' then occurred_until end) as customer_until
    from reached_stages
    group by lead_key

),

reached as (

    select
        leads.lead_key,
        leads.created_at,
        coalesce(
            leads.mql_at, stated_stages.mql_at,
            case when leads.is_qualified then leads.created_at end
        ) as mql_at,
        coalesce(
            leads.mql_until, stated_stages.mql_until,
            case when leads.is_qualified then leads.created_until end
        ) as mql_until,
        coalesce(leads.sql_at, stated_stages.sql_at) as sql_at,
        coalesce(leads.sql_until, stated_stages.sql_until) as sql_until,
        case
            when stated_stages.opportunity_at < deals.opportunity_at
                then stated_stages.opportunity_at
            else coalesce(deals.opportunity_at, stated_stages.opportunity_at)
        end as opportunity_at,
        case
            when stated_stages.opportunity_until < deals.opportunity_until
                then stated_stages.opportunity_until
            else coalesce(deals.opportunity_until, stated_stages.opportunity_until)
        end as opportunity_until,
        coalesce(
            stated_stages.customer_at, deals.customer_at, leads.customer_at,
            case when leads.is_customer then leads.created_at end
        ) as customer_at,
        coalesce(
            stated_stages.customer_until, deals.customer_until, leads.customer_until,
            case when leads.is_customer then leads.created_until end
        ) as customer_until,
        case
            when stated_stages.customer_at is not null then 'conversions'
            when deals.customer_at is not null then 'opportunities'
            else 'lead'
        end as revenue_basis,
        leads.value_native as lead_value_native,
        coalesce(leads.currency, company.reporting_currency) as lead_currency,
        leads.currency as stated_currency,
        company.reporting_currency,
        company.reporting_timezone
    from leads
    cross join company
    left join stated_stages on leads.lead_key = stated_stages.lead_key
    left join deals on leads.lead_key = deals.lead_key

),

final as (

    select
        reached.lead_key,
        reached.mql_at,
        reached.mql_until,
        reached.sql_at,
        reached.sql_until,
        reached.opportunity_at,
        reached.opportunity_until,
        reached.customer_at,
        reached.customer_until,
        reached.customer_at is not null as is_customer,
        reached.revenue_basis,
        reached.lead_value_native as own_value_native,
        reached.lead_currency as own_currency,
        {{ in_reporting_currency(
            'reached.lead_value_native', 'reached.stated_currency',
            'reached.reporting_currency', 'rates.rate'
        ) }} as own_value
    from reached
    left join rates
        on
            reached.lead_currency = rates.currency
            and {{ local_day('reached.customer_at', 'reached.reporting_timezone') }}
            = rates.date_day

)

select * from final
