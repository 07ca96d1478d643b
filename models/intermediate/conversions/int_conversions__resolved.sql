with

conversions as (

    select
        *,
        {{ normalized_code('conversion_type') }} as conversion_code,
        upper(trim(currency)) as stated_currency
    from {{ ref('int_conversions__unioned') }}

),

lead_ids as (

    select * from {{ ref('int_lead_ids__resolved') }}

),

leads as (

    select * from {{ ref('int_leads__identified') }}

),

people as (

    select * from {{ ref('int_identity__people') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

final as (

    select
        conversions.source_system,
        conversions.conversion_id,
        coalesce(conversions.conversion_code, 'unknown') as conversion_type,
        coalesce(lead_ids.lead_key, 'unknown') as lead_key,
        -- A lead that no list has may still have left touches.
        coalesce(leads.person_key, people.person_key, 'unknown') as person_key,
        coalesce(leads.account_key, 'unknown') as account_key,
        conversions.occurred_at,
        conversions.occurred_until,
        conversions.value as value_native,
        coalesce(conversions.stated_currency, company.reporting_currency) as currency,
        {{ in_reporting_currency(
            'conversions.value', 'conversions.stated_currency', 'company.reporting_currency', 'rates.rate'
        ) }} as value
    from conversions
    cross join company
    left join lead_ids
        on
            conversions.source_system = lead_ids.source_system
            and conversions.lead_id = lead_ids.lead_id
    left join leads on lead_ids.lead_key = leads.lead_key
    left join people
        on 'lead:' || conversions.source_system || ':' || conversions.lead_id = people.node
    left join rates
        on
            coalesce(conversions.stated_currency, company.reporting_currency) = rates.currency
            and {{ local_day('conversions.occurred_at', 'company.reporting_timezone') }}
            = rates.date_day

)

select * from final
