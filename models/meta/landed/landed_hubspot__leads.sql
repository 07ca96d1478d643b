{{ config(materialized='ephemeral', enabled=delivered(by='hubspot')) }}

-- Every contact ever read that is not known to be merged or deleted.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

hubspot as (

    select
        contact_id,
        createdate,
        createdate_until,
        createdate_zone,
        row_number() over (
            partition by contact_id order by _sequence desc, _row_number desc
        ) as row_rank
    from {{ source('hubspot', 'contacts') }}

),

gone as (

    select contact_id
    from {{ ref('stg_hubspot__contacts') }}
    where is_merged or is_deleted
    group by contact_id

),

final as (

    select
        'hubspot' as source_system,
        'hubspot' as stated_by,
        hubspot.contact_id as lead_id,
        {{ known_from('hubspot.createdate', 'company.reporting_timezone') }} as created_at,
        cast(null as {{ dbt.type_string() }}) as crm_lead_source
    from hubspot
    cross join company
    left join gone on hubspot.contact_id = gone.contact_id
    where hubspot.row_rank = 1 and gone.contact_id is null

)

select * from final
