-- What files state. A conversion is known by its lead, else by its address, else by its visitor, as
-- touches are; a lead id that no list has is a person all the same, with the key that touches with
-- that id get. Who is a lead without being named as one converts as their earliest lead.
with

conversions as (

    select
        *,
        {{ normalized_code('conversion_type') }} as conversion_code,
        upper(trim(currency)) as stated_currency,
        'lead:' || source_system || ':' || nullif(trim(lead_id), '') as lead_node,
        'email:' || nullif(trim(email_hash), '') as email_node,
        'visitor:' || {{ identifier_or_null('visitor_id') }} as visitor_node
    from {{ ref('int_conversions__unioned') }}

),

shared as (

    select node from {{ ref('int_identifiers__judged') }}
    where is_shared

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

-- What many people share says least about who it was.
shown as (

    select
        conversions.*,
        coalesce(
            conversions.lead_node,
            case when shared_emails.node is null then conversions.email_node end,
            case when shared_visitors.node is null then conversions.visitor_node end,
            conversions.email_node,
            conversions.visitor_node
        ) as node
    from conversions
    left join shared as shared_emails on conversions.email_node = shared_emails.node
    left join shared as shared_visitors on conversions.visitor_node = shared_visitors.node

),

named as (

    select
        shown.*,
        lead_ids.lead_key as named_lead_key,
        case
            when shown.node is not null
                then coalesce(people.person_key, {{ surrogate_key(['shown.node']) }})
        end as shown_person_key
    from shown
    left join lead_ids
        on
            shown.source_system = lead_ids.source_system
            and shown.lead_id = lead_ids.lead_id
    left join people on shown.node = people.node

),

earliest_leads as (

    select
        person_key,
        lead_key,
        row_number() over (
            partition by person_key order by created_at, lead_id, lead_key
        ) as position
    from leads

),

owned as (

    select
        named.*,
        coalesce(named.named_lead_key, earliest_leads.lead_key) as owner_lead_key
    from named
    left join earliest_leads
        on named.shown_person_key = earliest_leads.person_key and earliest_leads.position = 1

),

final as (

    select
        owned.source_system,
        owned.conversion_id,
        -- Which of a lead's wins is the first is worked out, whatever a file calls them.
        case
            when owned.conversion_code = 'repeat_customer' then 'customer'
            else coalesce(owned.conversion_code, 'unknown')
        end as conversion_type,
        coalesce(owned.owner_lead_key, 'unknown') as lead_key,
        coalesce(leads.person_key, owned.shown_person_key, 'unknown') as person_key,
        coalesce(leads.account_key, 'unknown') as account_key,
        owned.occurred_at,
        owned.occurred_until,
        owned.value as value_native,
        coalesce(owned.stated_currency, company.reporting_currency) as currency,
        {{ in_reporting_currency(
            'owned.value', 'owned.stated_currency', 'company.reporting_currency', 'rates.rate'
        ) }} as value,
        nullif(trim(owned.corrects_conversion_id), '') as corrects_conversion_id,
        coalesce(owned.value < 0, false)
        or nullif(trim(owned.corrects_conversion_id), '') is not null as is_correction,
        owned.entry_id
    from owned
    cross join company
    left join leads on owned.owner_lead_key = leads.lead_key
    left join rates
        on
            coalesce(owned.stated_currency, company.reporting_currency) = rates.currency
            and {{ local_day('owned.occurred_at', 'company.reporting_timezone') }}
            = rates.date_day

)

select * from final
