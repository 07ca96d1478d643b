{{ config(enabled=delivered(by='salesforce')) }}

with

labels as (
    select * from {{ ref('stg_salesforce__stages') }}
),

final as (

    select
        'salesforce' as source_system,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        changes.opportunity_id,
        coalesce(labels.label, changes.stage_name) as stage,
        changes.entered_at,
        changes.entered_at as entered_until
    from {{ ref('stg_salesforce__stage_changes') }} as changes
    inner join {{ ref('stg_salesforce__deals') }} as deals
        on changes.opportunity_id = deals.opportunity_id
    left join labels on changes.stage_name = labels.api_name
    where not deals.is_gone
    group by
        changes.opportunity_id,
        coalesce(labels.label, changes.stage_name),
        changes.entered_at

)

select * from final
