-- Whose touches count for a conversion: its person's; in account scope, for opportunities and
-- customers, those of the opportunity's contacts and of everybody in the account as well. Those of
-- a correction are those of what it corrects.
with

all_conversions as (

    select * from {{ ref('fct_conversions') }}

),

conversions as (

    select * from all_conversions
    where corrects_conversion_key is null

),

leads as (

    select * from {{ ref('int_leads__identified') }}

),

lead_ids as (

    select * from {{ ref('int_lead_ids__resolved') }}

),

opportunities as (

    select * from {{ ref('int_opportunities__resolved') }}

),

opportunity_contacts as (

    select * from {{ ref('int_opportunity_contacts__unioned') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

identity_limits as (

    select * from {{ ref('stg_ops__identity') }}

),

account_people as (

    select
        account_key,
        person_key
    from leads
    where account_key <> 'unknown' and person_key <> 'unknown'
    group by account_key, person_key

),

-- A freemail provider that a CRM keeps as one company is not a buying group.
buying_groups as (

    select account_people.account_key
    from account_people
    cross join identity_limits
    group by account_people.account_key
    having count(*) <= max(identity_limits.max_people_per_account)

),

scoped as (

    select conversions.*
    from conversions
    cross join attribution
    where
        attribution.account_scope
        and conversions.conversion_type in ('opportunity', 'customer', 'repeat_customer')

),

contact_people as (

    select
        opportunities.lead_key,
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.is_won,
        leads.person_key
    from opportunities
    inner join opportunity_contacts
        on
            opportunities.source_system = opportunity_contacts.source_system
            and opportunities.opportunity_id = opportunity_contacts.opportunity_id
    inner join lead_ids
        on
            opportunity_contacts.source_system = lead_ids.source_system
            and opportunity_contacts.lead_id = lead_ids.lead_id
    inner join leads on lead_ids.lead_key = leads.lead_key
    where leads.person_key <> 'unknown'

),

audiences as (

    select
        conversion_key,
        conversion_type,
        person_key
    from conversions
    where person_key <> 'unknown'
    union
    select
        scoped.conversion_key,
        scoped.conversion_type,
        contact_people.person_key
    from scoped
    inner join contact_people
        on
            scoped.source_system = contact_people.source_system
            and replace(scoped.conversion_id, 'customer:opportunity:', 'opportunity:')
            = 'opportunity:' || contact_people.opportunity_id
    where not scoped.is_stated
    union
    -- A customer that data states names no opportunity: it takes those that its lead won.
    select
        scoped.conversion_key,
        scoped.conversion_type,
        contact_people.person_key
    from scoped
    inner join contact_people on scoped.lead_key = contact_people.lead_key
    where
        scoped.conversion_type in ('customer', 'repeat_customer')
        and scoped.is_stated
        and scoped.lead_key <> 'unknown'
        and contact_people.is_won
    union
    select
        scoped.conversion_key,
        scoped.conversion_type,
        account_people.person_key
    from scoped
    inner join buying_groups on scoped.account_key = buying_groups.account_key
    inner join account_people on buying_groups.account_key = account_people.account_key

),

final as (

    select
        conversion_key,
        conversion_type,
        person_key
    from audiences
    union all
    select
        all_conversions.conversion_key,
        audiences.conversion_type,
        audiences.person_key
    from all_conversions
    inner join audiences on all_conversions.corrects_conversion_key = audiences.conversion_key

)

select * from final
