{{ config(enabled=delivered(by='hubspot')) }}

with

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
    where not is_merged and not is_deleted
),

deal_companies as (
    {{ newest_versions(source('hubspot', 'deal_companies'), ['deal_id']) }}
),

chosen_companies as (
    {{ first_associated('deal_companies', 'deal_id') }}
),

deal_contacts as (
    select * from {{ ref('stg_hubspot__deal_contacts') }}
),

contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
    where not is_merged and not is_deleted
),

ranked_contacts as (

    select
        deal_contacts.deal_id,
        deal_contacts.contact_id,
        row_number() over (
            partition by deal_contacts.deal_id
            order by
                case when deal_contacts.is_primary then 1 else 2 end,
                contacts.created_at,
                contacts.contact_id
        ) as row_rank
    from deal_contacts
    inner join contacts on deal_contacts.contact_id = contacts.contact_id

),

final as (

    select
        'hubspot' as source_system,
        deals.deal_id as opportunity_id,
        ranked_contacts.contact_id as lead_id,
        chosen_companies.associated_id as account_id,
        deals.created_at,
        deals.created_until,
        deals.stage,
        deals.amount,
        deals.currency,
        deals.is_won,
        deals.closed_at,
        deals.closed_until
    from deals
    left join chosen_companies on deals.deal_id = chosen_companies.deal_id
    left join ranked_contacts
        on deals.deal_id = ranked_contacts.deal_id and ranked_contacts.row_rank = 1

)

select * from final
