with

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
    where not is_merged and not is_deleted
),

deal_companies as (
    {{ newest_versions(source('hubspot', 'deal_companies'), ['deal_id']) }}
),

opportunity_contacts as (
    select * from {{ ref('stg_hubspot__opportunity_contacts') }}
),

contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
    where not is_merged and not is_deleted
),

ranked_contacts as (

    select
        opportunity_contacts.opportunity_id,
        opportunity_contacts.lead_id,
        row_number() over (
            partition by opportunity_contacts.opportunity_id
            order by contacts.created_at, contacts.contact_id
        ) as row_rank
    from opportunity_contacts
    inner join contacts on opportunity_contacts.lead_id = contacts.contact_id

),

final as (

    select
        'hubspot' as source_system,
        deals.deal_id as opportunity_id,
        ranked_contacts.lead_id,
        {{ json_text('deal_companies.associated', [0, 'toObjectId']) }} as account_id,
        deals.created_at,
        deals.created_until,
        deals.stage,
        deals.amount,
        deals.currency,
        deals.is_won,
        deals.closed_at,
        deals.closed_until
    from deals
    left join deal_companies on deals.deal_id = deal_companies.deal_id
    left join ranked_contacts
        on deals.deal_id = ranked_contacts.opportunity_id and ranked_contacts.row_rank = 1

)

select * from final
