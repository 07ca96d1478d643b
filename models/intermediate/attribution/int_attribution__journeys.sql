-- Eligible: of the conversion's people, not after it, and no older than the look-back of the
-- touch's type, exact to the microsecond.
with

conversions as (

    select * from {{ ref('fct_conversions') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where is_eligible

),

leads as (

    select * from {{ ref('int_leads__identified') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

account_people as (

    select
        account_key,
        person_key
    from leads
    where account_key <> 'unknown'
    group by account_key, person_key

),

-- A freemail provider that a CRM keeps as one company is no buying group.
buying_groups as (

    select account_key
    from account_people
    group by account_key
    having count(*) <= {{ var('people_of_one_account') }}

),

audiences as (

    select
        conversion_key,
        person_key
    from conversions
    where person_key <> 'unknown'
    union
    select
        conversions.conversion_key,
        account_people.person_key
    from conversions
    inner join buying_groups on conversions.account_key = buying_groups.account_key
    inner join account_people on buying_groups.account_key = account_people.account_key
    cross join attribution
    where attribution.account_scope and conversions.conversion_type in ('opportunity', 'customer')

),

eligible as (

    select
        conversions.conversion_key,
        touchpoints.touchpoint_key,
        touchpoints.touchpoint_id,
        touchpoints.source_system,
        touchpoints.occurred_at as touched_at,
        conversions.occurred_at as converted_at
    from audiences
    inner join conversions on audiences.conversion_key = conversions.conversion_key
    inner join touchpoints on audiences.person_key = touchpoints.person_key
    where
        touchpoints.occurred_at <= conversions.occurred_at
        and {{ epoch_micros('conversions.occurred_at') }}
        - {{ epoch_micros('touchpoints.occurred_at') }}
        <= {{ days_in_micros('touchpoints.lookback_days') }}

),

final as (

    select
        conversion_key,
        touchpoint_key,
        touched_at,
        converted_at,
        row_number() over (
            partition by conversion_key
            order by touched_at, touchpoint_id, source_system
        ) as position,
        count(*) over (partition by conversion_key) as touches,
        max(touched_at) over (partition by conversion_key) as last_touched_at
    from eligible

)

select * from final
