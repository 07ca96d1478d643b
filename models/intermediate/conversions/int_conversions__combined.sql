-- Stages and won opportunities become conversions, unless data states the lead's conversions of
-- that type itself. Every won opportunity is one at its own moment; a lead that is a customer
-- without one has its own value. Who is first, and what a correction corrects, comes later
-- (int_conversions__sequenced).
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
    where lead_key <> 'unknown' and not is_correction
    group by lead_key, conversion_type

),

stages as (

    select
        lead_key,
        'lead' as conversion_type,
        created_at as occurred_at,
        cast(null as decimal(18, 6)) as value_native,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as decimal(18, 6)) as value
    from leads
    union all
    select
        lead_key,
        'mql' as conversion_type,
        mql_at as occurred_at,
        cast(null as decimal(18, 6)) as value_native,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as decimal(18, 6)) as value
    from progressed
    where mql_at is not null
    union all
    select
        lead_key,
        'sql' as conversion_type,
        sql_at as occurred_at,
        cast(null as decimal(18, 6)) as value_native,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as decimal(18, 6)) as value
    from progressed
    where sql_at is not null
    union all
    select
        lead_key,
        'customer' as conversion_type,
        customer_at as occurred_at,
        own_value_native as value_native,
        own_currency as currency,
        own_value as value
    from progressed
    where customer_at is not null and revenue_basis = 'lead'

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
        stages.value_native,
        stages.currency,
        stages.value
    from stages
    inner join leads on stages.lead_key = leads.lead_key
    left join stated_types
        on
            stages.lead_key = stated_types.lead_key
            and stages.conversion_type = stated_types.conversion_type
    where stated_types.lead_key is null

),

deals as (

    select
        source_system,
        'opportunity:' || opportunity_id as conversion_id,
        'opportunity' as conversion_type,
        lead_key,
        person_key,
        account_key,
        created_at as occurred_at,
        amount_native as value_native,
        currency,
        amount as value
    from opportunities
    union all
    select
        source_system,
        'customer:opportunity:' || opportunity_id as conversion_id,
        'customer' as conversion_type,
        lead_key,
        person_key,
        account_key,
        won_at as occurred_at,
        amount_native as value_native,
        currency,
        won_value as value
    from opportunities
    where is_won

),

of_opportunities as (

    select deals.*
    from deals
    left join stated_types
        on
            deals.lead_key = stated_types.lead_key
            and deals.conversion_type = stated_types.conversion_type
    where stated_types.lead_key is null

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
        value_native,
        currency,
        value,
        corrects_conversion_id,
        is_correction,
        true as is_stated
    from stated
    union all
    select
        source_system,
        conversion_id,
        conversion_type,
        lead_key,
        person_key,
        account_key,
        occurred_at,
        value_native,
        currency,
        value,
        cast(null as {{ dbt.type_string() }}) as corrects_conversion_id,
        false as is_correction,
        false as is_stated
    from of_leads
    union all
    select
        source_system,
        conversion_id,
        conversion_type,
        lead_key,
        person_key,
        account_key,
        occurred_at,
        value_native,
        currency,
        value,
        cast(null as {{ dbt.type_string() }}) as corrects_conversion_id,
        coalesce(value_native < 0, false) as is_correction,
        false as is_stated
    from of_opportunities

)

select * from final
