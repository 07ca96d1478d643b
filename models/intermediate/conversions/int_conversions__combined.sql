-- Stages become conversions, unless data states the lead's conversions of that type itself. A won
-- opportunity without a lead is a customer of its own, so that its revenue is not lost.
with

stated as (

    select * from {{ ref('int_conversions__resolved') }}

),

leads as (

    select * from {{ ref('int_leads__identified') }}

),

progressed as (

    select * from {{ ref('int_leads__progressed') }}

),

opportunities as (

    select * from {{ ref('int_opportunities__resolved') }}

),

stated_types as (

    select
        lead_key,
        conversion_type
    from stated
    where lead_key <> 'unknown'
    group by lead_key, conversion_type

),

stages as (

    select
        lead_key,
        'lead' as conversion_type,
        created_at as occurred_at,
        created_until as occurred_until
    from leads
    union all
    select
        lead_key,
        'mql' as conversion_type,
        mql_at as occurred_at,
        mql_until as occurred_until
    from progressed
    where mql_at is not null
    union all
    select
        lead_key,
        'sql' as conversion_type,
        sql_at as occurred_at,
        sql_until as occurred_until
    from progressed
    where sql_at is not null
    union all
    select
        lead_key,
        'customer' as conversion_type,
        customer_at as occurred_at,
        customer_until as occurred_until
    from progressed
    where customer_at is not null

),

of_leads as (

    select
        leads.source_system,
        stages.conversion_type || ':' || leads.lead_id as conversion_id,
        stages.conversion_type,
        leads.lead_key,
        leads.person_key,
        leads.account_key,
        stages.occurred_at,
        stages.occurred_until,
        case when stages.conversion_type = 'customer' then progressed.revenue_native end
            as value_native,
        case when stages.conversion_type = 'customer' then progressed.currency end as currency,
        case when stages.conversion_type = 'customer' then progressed.revenue end as value
    from stages
    inner join leads on stages.lead_key = leads.lead_key
    inner join progressed on stages.lead_key = progressed.lead_key
    left join stated_types
        on
            stages.lead_key = stated_types.lead_key
            and stages.conversion_type = stated_types.conversion_type
    where stated_types.lead_key is null

),

of_opportunities as (

    select
        opportunities.source_system,
        'opportunity:' || opportunities.opportunity_id as conversion_id,
        'opportunity' as conversion_type,
        opportunities.lead_key,
        opportunities.person_key,
        opportunities.account_key,
        opportunities.created_at as occurred_at,
        opportunities.created_until as occurred_until,
        opportunities.amount_native as value_native,
        opportunities.currency,
        opportunities.amount as value
    from opportunities
    left join stated_types
        on
            opportunities.lead_key = stated_types.lead_key
            and stated_types.conversion_type = 'opportunity'
    where stated_types.lead_key is null

),

won_without_lead as (

    select
        source_system,
        'customer:opportunity:' || opportunity_id as conversion_id,
        'customer' as conversion_type,
        lead_key,
        person_key,
        account_key,
        won_at as occurred_at,
        won_until as occurred_until,
        amount_native as value_native,
        currency,
        won_value as value
    from opportunities
    where is_won and lead_key = 'unknown'

),

final as (

    select
        source_system,
        conversion_id,
        conversion_type,
        lead_key,
        person_key,
        account_key,
        occurred_at,
        occurred_until,
        value_native,
        currency,
        value,
        true as is_stated
    from stated
    union all
    select
        *,
        false as is_stated
    from of_leads
    union all
    select
        *,
        false as is_stated
    from of_opportunities
    union all
    select
        *,
        false as is_stated
    from won_without_lead

)

select * from final
