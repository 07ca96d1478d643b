with

touchpoints as (

    select
        person_key,
        min(occurred_at) as first_touch_at,
        max(occurred_at) as last_touch_at,
        count(*) as touches
    from {{ ref('fct_touchpoints') }}
    where person_key <> 'unknown'
    group by person_key

),

leads as (

    select
        person_key,
        min(created_at) as first_lead_at,
        count(*) as leads,
        min(nullif(account_key, 'unknown')) as account_key,
        max(case when quality in ('internal', 'test') then 1 else 0 end) as internal_leads,
        max(case when is_customer then 1 else 0 end) as customers
    from {{ ref('fct_leads') }}
    group by person_key

),

-- Only our own people see our tools, and so the links there.
internal_hosts as (

    select touchpoints.referrer_host
    from (
        select referrer_host
        from {{ ref('fct_touchpoints') }}
        where referrer_host is not null
        group by referrer_host
    ) as touchpoints
    inner join {{ ref('stg_ops__internal_hosts') }} as hosts
        on
            touchpoints.referrer_host = hosts.domain
            or touchpoints.referrer_host like '%.' || hosts.domain
    group by touchpoints.referrer_host

),

internal_visitors as (

    select touchpoints.person_key
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join internal_hosts on touchpoints.referrer_host = internal_hosts.referrer_host
    group by touchpoints.person_key

),

converted as (

    select
        person_key,
        max(case when conversion_type = 'customer' and not is_correction then 1 else 0 end)
            as customers
    from {{ ref('fct_conversions') }}
    where person_key <> 'unknown'
    group by person_key

),

identified as (

    select person_key
    from {{ ref('int_identity__people') }}
    group by person_key

),

mailed as (

    select person_key
    from {{ ref('fct_email_engagement') }}
    where person_key <> 'unknown'
    group by person_key

),

people as (

    select person_key from touchpoints
    union
    select person_key from leads
    union
    select person_key from converted
    union
    select person_key from identified
    union
    select person_key from mailed

),

final as (

    select
        people.person_key,
        coalesce(leads.account_key, 'unknown') as account_key,
        cast(coalesce(leads.leads, 0) as bigint) as leads,
        cast(coalesce(touchpoints.touches, 0) as bigint) as touches,
        leads.person_key is not null as is_lead,
        coalesce(leads.customers = 1 or converted.customers = 1, false) as is_customer,
        coalesce(leads.internal_leads = 1, false) or internal_visitors.person_key is not null
            as is_internal,
        leads.first_lead_at,
        touchpoints.first_touch_at,
        touchpoints.last_touch_at
    from people
    left join leads on people.person_key = leads.person_key
    left join converted on people.person_key = converted.person_key
    left join touchpoints on people.person_key = touchpoints.person_key
    left join internal_visitors on people.person_key = internal_visitors.person_key

    union all

    select
        'unknown' as person_key,
        'unknown' as account_key,
        cast(0 as bigint) as leads,
        cast(0 as bigint) as touches,
        false as is_lead,
        false as is_customer,
        false as is_internal,
        cast(null as timestamp) as first_lead_at,
        cast(null as timestamp) as first_touch_at,
        cast(null as timestamp) as last_touch_at

)

select * from final
