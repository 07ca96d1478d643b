{{ config(
    enabled=delivered(by='hubspot'),
    severity='warn',
    meta={'dagster': {'ref': {'name': 'stg_hubspot__opportunities'}}}
) }}

-- Returns rows = warning: a deal of which fewer contacts came than HubSpot itself counts. People
-- that are missing earn no credit, and the deal may be another lead's.
with

deals as (

    select * from {{ ref('stg_hubspot__deals') }}
    where not is_merged and not is_deleted

),

deal_contacts as (

    {{ newest_versions(source('hubspot', 'deal_contacts'), ['deal_id']) }}

),

associated as (

    {{ associated_records('deal_contacts', 'deal_id') }}

),

counted as (

    select
        deal_id,
        count(distinct associated_id) as contacts
    from associated
    group by deal_id

)

select
    deals.deal_id,
    deals.num_associated_contacts,
    coalesce(counted.contacts, 0) as contacts,
    'HubSpot counts ' || cast(deals.num_associated_contacts as {{ dbt.type_string() }})
    || ' contacts of the deal ' || deals.deal_id || ', and '
    || cast(coalesce(counted.contacts, 0) as {{ dbt.type_string() }}) || ' came' as message
from deals
left join counted on deals.deal_id = counted.deal_id
where deals.num_associated_contacts > coalesce(counted.contacts, 0)
