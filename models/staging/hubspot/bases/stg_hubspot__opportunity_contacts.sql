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

associated as (
    {{ json_array_rows('deal_contacts', 'associated', keep=['deal_id']) }}
),

contacts as (

    select
        deal_id,
        {{ json_text('element', ['toObjectId']) }} as contact_id
    from associated

),

final as (

    select
        'hubspot' as source_system,
        contacts.deal_id as opportunity_id,
        living_contacts.contact_id as lead_id
    from contacts
    inner join deals on contacts.deal_id = deals.deal_id
    left join lead_merges on contacts.contact_id = lead_merges.merged_lead_id
    inner join living_contacts
        on
            coalesce(lead_merges.surviving_lead_id, contacts.contact_id)
            = living_contacts.contact_id
    -- Deals whose last contact was removed are missing in the answer; their count is not.
    where coalesce(deals.num_associated_contacts, 1) > 0
    group by contacts.deal_id, living_contacts.contact_id

)

select * from final
