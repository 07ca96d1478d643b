{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Every lead, and the revenue that no lead explains: it is `unattributed` in the month of
-- its conversion, so that it is never lost. A customer is a lead that became one.
with

leads as (

    select * from {{ ref('fct_leads') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

final as (

    select
        {{ month_of_moment('leads.created_at', 'company.reporting_timezone') }} as month,
        leads.lead_source_key,
        leads.lead_channel_key,
        leads.campaign_key,
        leads.source_campaign_key,
        leads.channel_campaign_key,
        cast(1 as bigint) as leads,
        case when leads.mql_at is not null then 1 else 0 end as mqls,
        case when leads.sql_at is not null then 1 else 0 end as sqls,
        case when leads.opportunity_at is not null then 1 else 0 end as opportunities,
        case when leads.is_customer then 1 else 0 end as customers,
        coalesce(leads.revenue, 0) as revenue,
        case
            when leads.is_customer and leads.customer_at is not null
                then
                    (
                        {{ epoch_micros('leads.customer_at') }}
                        - {{ epoch_micros('leads.created_at') }}
                    )
                    / cast({{ micros_of_a_day() }} as double)
        end as days_to_customer
    from leads
    cross join company
    union all
    select
        {{ month_of_moment('conversions.occurred_at', 'company.reporting_timezone') }} as month,
        'unattributed' as lead_source_key,
        'unattributed' as lead_channel_key,
        'unattributed' as campaign_key,
        'unattributed' as source_campaign_key,
        'unattributed' as channel_campaign_key,
        cast(0 as bigint) as leads,
        0 as mqls,
        0 as sqls,
        0 as opportunities,
        0 as customers,
        coalesce(conversions.value, 0) as revenue,
        cast(null as double) as days_to_customer
    from conversions
    cross join company
    where
        conversions.conversion_type in ('customer', 'repeat_customer')
        and conversions.lead_key = 'unknown'

)

select * from final
