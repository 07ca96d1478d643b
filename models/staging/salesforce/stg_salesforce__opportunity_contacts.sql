{{ config(enabled=delivered(by='salesforce')) }}

with

final as (

    select
        'salesforce' as source_system,
        roles.opportunity_id,
        roles.lead_id
    from {{ ref('stg_salesforce__roles') }} as roles
    inner join {{ ref('stg_salesforce__deals') }} as deals
        on roles.opportunity_id = deals.opportunity_id
    where not deals.is_gone

)

select * from final
