{{ config(enabled=delivered(by='salesforce')) }}

with

stages as (
    {{ newest_versions(source('salesforce', 'opportunity_stages'), ['stage_id']) }}
),

-- The same name may be listed twice, where a stage was made again.
final as (

    select
        api_name,
        max(label) as label
    from stages
    group by api_name

)

select * from final
