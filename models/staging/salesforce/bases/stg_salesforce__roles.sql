{{ config(enabled=delivered(by='salesforce')) }}

-- The leads of deals: their contacts' in the order that counts, then the lead that became the deal.
with

roles as (
    {{ newest_versions(source('salesforce', 'opportunity_contact_roles'), ['role_id']) }}
),

people as (
    select * from {{ ref('stg_salesforce__people') }}
),

records as (
    select * from {{ ref('stg_salesforce__records') }}
),

named as (

    select
        {{ salesforce_id('opportunity_id') }} as opportunity_id,
        {{ salesforce_id('contact_id') }} as record_id,
        case when is_primary then 1 else 2 end as importance
    from roles
    where not coalesce(is_deleted, false)

    union all

    select
        opportunity_id,
        record_id,
        3 as importance
    from records
    where opportunity_id is not null

),

final as (

    select
        named.opportunity_id,
        people.lead_id,
        min(named.importance) as importance
    from named
    inner join people on named.record_id = people.record_id
    where people.lead_id is not null
    group by named.opportunity_id, people.lead_id

)

select * from final
