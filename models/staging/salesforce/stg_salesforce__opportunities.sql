{{ config(enabled=delivered(by='salesforce')) }}

with

deals as (
    select * from {{ ref('stg_salesforce__deals') }}
    where not is_gone
),

roles as (
    select * from {{ ref('stg_salesforce__roles') }}
),

people as (
    select * from {{ ref('stg_salesforce__people') }}
),

accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
),

ranked as (

    select
        roles.opportunity_id,
        roles.lead_id,
        row_number() over (
            partition by roles.opportunity_id
            order by roles.importance, people.lead_created_at, people.lead_id
        ) as position
    from roles
    inner join people on roles.lead_id = people.record_id

),

final as (

    select
        'salesforce' as source_system,
        deals.opportunity_id,
        ranked.lead_id,
        coalesce(accounts.surviving_id, deals.account_id) as account_id,
        deals.created_at,
        deals.created_at as created_until,
        deals.stage,
        deals.amount,
        deals.currency,
        deals.is_won,
        deals.closed_at,
        deals.closed_until
    from deals
    left join accounts on deals.account_id = accounts.account_id
    left join ranked
        on deals.opportunity_id = ranked.opportunity_id and ranked.position = 1

)

select * from final
