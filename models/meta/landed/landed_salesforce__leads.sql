{{ config(materialized='ephemeral', enabled=delivered(by='salesforce')) }}

-- Leads and contacts that exist. Those of one person are one, created when the first was.
with

people as (

    select
        record_id,
        lead_id
    from {{ ref('stg_salesforce__people') }}
    where not is_merged and not is_gone

),

read_records as (

    select
        substring(lead_id, 1, 15) as record_id,
        created_at
    from {{ source('salesforce', 'leads') }}
    union all
    select
        substring(contact_id, 1, 15) as record_id,
        created_at
    from {{ source('salesforce', 'contacts') }}

),

final as (

    select
        'salesforce' as source_system,
        'salesforce' as stated_by,
        people.lead_id,
        min(read_records.created_at) as created_at,
        cast(null as {{ dbt.type_string() }}) as crm_lead_source
    from read_records
    inner join people on read_records.record_id = people.record_id
    group by people.lead_id

)

select * from final
