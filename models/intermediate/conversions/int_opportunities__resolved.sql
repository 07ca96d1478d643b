-- Whose an opportunity is: its lead's, else that of its earliest contact, else of the account's
-- earliest lead.
with

opportunities as (

    select * from {{ ref('int_opportunities__unioned') }}

),

opportunity_contacts as (

    select * from {{ ref('int_opportunity_contacts__unioned') }}

),

lead_ids as (

    select * from {{ ref('int_lead_ids__resolved') }}

),

accounts as (

    select * from {{ ref('int_accounts__resolved') }}

),

leads as (

    select * from {{ ref('int_leads__identified') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

lost_stages as (

    select * from {{ ref('deal_stage_words') }}
    where not is_won

),

-- An expected close that lies ahead of what was read closes nothing.
observed as (

    select max(extracted_at) as read_at
    from {{ ref('stg_ops__ledger') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

contacts as (

    select
        opportunity_contacts.source_system,
        opportunity_contacts.opportunity_id,
        leads.lead_key,
        row_number() over (
            partition by opportunity_contacts.source_system, opportunity_contacts.opportunity_id
            order by leads.created_at, leads.lead_id, leads.lead_key
        ) as position
    from opportunity_contacts
    inner join lead_ids
        on
            opportunity_contacts.source_system = lead_ids.source_system
            and opportunity_contacts.lead_id = lead_ids.lead_id
    inner join leads on lead_ids.lead_key = leads.lead_key

),

account_leads as (

    select
        account_key,
        lead_key,
        row_number() over (
            partition by account_key order by created_at, lead_id, lead_key
        ) as position
    from leads
    where account_key <> 'unknown'

),

owned as (

    select
        opportunities.*,
        accounts.account_key as own_account_key,
        coalesce(lead_ids.lead_key, contacts.lead_key, account_leads.lead_key) as lead_key
    from opportunities
    left join lead_ids
        on
            opportunities.source_system = lead_ids.source_system
            and opportunities.lead_id = lead_ids.lead_id
    left join contacts
        on
            opportunities.source_system = contacts.source_system
            and opportunities.opportunity_id = contacts.opportunity_id
            and contacts.position = 1
    left join accounts
        on
            opportunities.source_system = accounts.source_system
            and trim(opportunities.account_id) = accounts.account_ref
    left join account_leads
        on accounts.account_key = account_leads.account_key and account_leads.position = 1

),

valued as (

    select
        owned.*,
        company.reporting_currency,
        coalesce(upper(trim(owned.currency)), company.reporting_currency) as amount_currency,
        {{ local_day('owned.created_at', 'company.reporting_timezone') }} as created_day,
        coalesce(owned.closed_at, owned.created_at) as won_at,
        coalesce(owned.closed_until, owned.created_until) as won_until,
        {{ local_day(
            'coalesce(owned.closed_at, owned.created_at)', 'company.reporting_timezone'
        ) }} as won_day
    from owned
    cross join company

),

final as (

    select
        {{ surrogate_key(['valued.source_system', 'valued.opportunity_id']) }} as opportunity_key,
        valued.source_system,
        valued.opportunity_id,
        coalesce(valued.lead_key, 'unknown') as lead_key,
        coalesce(leads.person_key, 'unknown') as person_key,
        coalesce(valued.own_account_key, leads.account_key, 'unknown') as account_key,
        valued.created_at,
        valued.created_until,
        valued.stage,
        valued.amount as amount_native,
        valued.amount_currency as currency,
        {{ in_reporting_currency(
            'valued.amount', 'valued.amount_currency', 'valued.reporting_currency', 'created_rates.rate'
        ) }} as amount,
        coalesce(valued.is_won, false) as is_won,
        coalesce(not valued.is_won, true) and (
            coalesce(valued.closed_at <= observed.read_at, false)
            or lost_stages.stage_word is not null
        ) as is_lost,
        valued.closed_at,
        case when valued.is_won then valued.won_at end as won_at,
        case when valued.is_won then valued.won_until end as won_until,
        case
            when valued.is_won
                then {{ in_reporting_currency(
                    'valued.amount', 'valued.amount_currency', 'valued.reporting_currency',
                    'won_rates.rate'
                ) }}
        end as won_value
    from valued
    cross join observed
    left join lost_stages
        on {{ bare_word('valued.stage') }} = lost_stages.stage_word
    left join leads on valued.lead_key = leads.lead_key
    left join rates as created_rates
        on
            valued.amount_currency = created_rates.currency
            and valued.created_day = created_rates.date_day
    left join rates as won_rates
        on valued.amount_currency = won_rates.currency and valued.won_day = won_rates.date_day

)

select * from final
