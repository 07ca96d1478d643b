-- Every lead, and what no lead explains: revenue in the month of its conversion and deals in that
-- of their creation are `unattributed`, so that they are never lost. A customer is a lead that
-- became one.
with

leads as (

    select * from {{ ref('fct_leads') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

opportunities as (

    select * from {{ ref('fct_opportunities') }}

),

-- A deal below zero is a refund of another, and no deal of its own.
deals as (

    select
        lead_key,
        case when lead_key = 'unknown' then created_on end as created_on,
        count(*) as deals,
        sum(case when is_won then 1 else 0 end) as deals_won,
        sum(case when is_lost then 1 else 0 end) as deals_lost,
        sum(coalesce(won_value, 0)) as won_value,
        sum(coalesce(amount, 0)) as pipeline_created,
        sum(case when is_won or is_lost then 0 else coalesce(amount, 0) end) as pipeline_open
    from opportunities
    where coalesce(amount, 0) >= 0
    group by lead_key, case when lead_key = 'unknown' then created_on end

),

final as (

    select
        leads.lead_key,
        leads.created_on,
        {{ month_of_day('leads.created_on') }} as month,
        leads.lead_source_key,
        leads.lead_channel_key,
        leads.campaign_key,
        leads.source_campaign_key,
        leads.channel_campaign_key,
        coalesce(nullif(trim(leads.segment), ''), 'unknown') as segment,
        coalesce(nullif(trim(leads.country), ''), 'unknown') as country,
        cast(1 as bigint) as leads,
        case when leads.mql_at is not null then 1 else 0 end as mqls,
        case when leads.sql_at is not null then 1 else 0 end as sqls,
        case when leads.opportunity_at is not null then 1 else 0 end as opportunities,
        case when leads.is_customer then 1 else 0 end as customers,
        coalesce(leads.revenue, 0) as revenue,
        coalesce(deals.deals, 0) as deals,
        coalesce(deals.deals_won, 0) as deals_won,
        coalesce(deals.deals_lost, 0) as deals_lost,
        coalesce(deals.won_value, 0) as won_value,
        coalesce(deals.pipeline_created, 0) as pipeline_created,
        coalesce(deals.pipeline_open, 0) as pipeline_open,
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
    left join deals on leads.lead_key = deals.lead_key
    union all
    select
        'unknown' as lead_key,
        occurred_on as created_on,
        {{ month_of_day('occurred_on') }} as month,
        'unattributed' as lead_source_key,
        'unattributed' as lead_channel_key,
        'unattributed' as campaign_key,
        'unattributed' as source_campaign_key,
        'unattributed' as channel_campaign_key,
        'unattributed' as segment,
        'unattributed' as country,
        cast(0 as bigint) as leads,
        0 as mqls,
        0 as sqls,
        0 as opportunities,
        0 as customers,
        coalesce(value, 0) as revenue,
        0 as deals,
        0 as deals_won,
        0 as deals_lost,
        0 as won_value,
        0 as pipeline_created,
        0 as pipeline_open,
        cast(null as double) as days_to_customer
    from conversions
    where conversion_type in ('customer', 'repeat_customer') and lead_key = 'unknown'
    union all
    select
        'unknown' as lead_key,
        created_on,
        {{ month_of_day('created_on') }} as month,
        'unattributed' as lead_source_key,
        'unattributed' as lead_channel_key,
        'unattributed' as campaign_key,
        'unattributed' as source_campaign_key,
        'unattributed' as channel_campaign_key,
        'unattributed' as segment,
        'unattributed' as country,
        cast(0 as bigint) as leads,
        0 as mqls,
        0 as sqls,
        0 as opportunities,
        0 as customers,
        0 as revenue,
        deals,
        deals_won,
        deals_lost,
        won_value,
        pipeline_created,
        pipeline_open,
        cast(null as double) as days_to_customer
    from deals
    where lead_key = 'unknown'

)

select * from final
