{{ config(enabled=delivered(by='hubspot')) }}

-- A deal keeps naming contacts that were merged since: here they appear as their survivor.
with

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
    where not is_merged and not is_deleted
),

deal_contacts as (
    {{ newest_versions(source('hubspot', 'deal_contacts'), ['deal_id']) }}
),

lead_merges as (
    select * from {{ ref('stg_hubspot__lead_merges') }}
),

living_contacts as (
    select contact_id
    from {{ ref('stg_hubspot__contacts') }}
    where not is_merged and not is_deleted
),

contacts as (
    {{ associated_records('deal_contacts', 'deal_id') }}
),

final as (

    select
        contacts.deal_id,
        living_contacts.contact_id,
        max(case when contacts.is_primary then 1 else 0 end) = 1 as is_primary
    from contacts
    inner join deals on contacts.deal_id = deals.deal_id
    left join lead_merges on contacts.associated_id = lead_merges.merged_lead_id
    inner join living_contacts
        on
            coalesce(lead_merges.surviving_lead_id, contacts.associated_id)
            = living_contacts.contact_id
    -- Deals whose last contact was removed are missing in the answer; their count is not.
    where coalesce(deals.num_associated_contacts, 1) > 0
    group by contacts.deal_id, living_contacts.contact_id

)

select * from final
