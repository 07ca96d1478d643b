{{ config(enabled=delivered(by='salesforce')) }}

-- Salesforce notes a deal's stage with every change of its amount, probability or close date, too.
with

history as (
    {{ newest_versions(source('salesforce', 'opportunity_history'), ['change_id']) }}
),

stages as (

    select
        {{ salesforce_id('opportunity_id') }} as opportunity_id,
        stage_name,
        changed_at as entered_at,
        lag(stage_name) over (
            partition by opportunity_id order by changed_at, change_id
        ) as stage_before
    from history
    where trim(stage_name) <> ''

),

final as (

    select
        opportunity_id,
        stage_name,
        entered_at
    from stages
    where stage_before is null or stage_before <> stage_name

)

select * from final
