{{ config(enabled=delivered(by='hubspot')) }}

-- Lifecycle stages of contacts and stages of deals, by the names that people see.
with

contact_versions as (
    {{ newest_versions(source('hubspot', 'contact_lifecycle_history'), ['contact_id']) }}
),

contact_changes as (
    {{ json_array_rows('contact_versions', 'history', keep=['contact_id']) }}
),

contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
    where not is_merged and not is_deleted
),

deal_versions as (
    {{ newest_versions(source('hubspot', 'deal_stage_history'), ['deal_id']) }}
),

deal_changes as (
    {{ json_array_rows('deal_versions', 'history', keep=['deal_id']) }}
),

deals as (
    select * from {{ ref('stg_hubspot__deals') }}
    where not is_merged and not is_deleted
),

labels as (

    select
        stage_id,
        min(stage_label) as stage_label
    from {{ ref('stg_hubspot__deal_stages') }}
    group by stage_id

),

entries as (

    select
        contact_changes.contact_id as lead_id,
        cast(null as {{ dbt.type_string() }}) as opportunity_id,
        {{ json_text('contact_changes.element', ['value']) }} as stage,
        {{ utc_moment(json_text('contact_changes.element', ['timestamp'])) }} as entered_at
    from contact_changes
    inner join contacts on contact_changes.contact_id = contacts.contact_id
    union all
    select
        cast(null as {{ dbt.type_string() }}) as lead_id,
        deal_changes.deal_id as opportunity_id,
        coalesce(
            labels.stage_label, {{ json_text('deal_changes.element', ['value']) }}
        ) as stage,
        {{ utc_moment(json_text('deal_changes.element', ['timestamp'])) }} as entered_at
    from deal_changes
    inner join deals on deal_changes.deal_id = deals.deal_id
    left join labels
        on {{ json_text('deal_changes.element', ['value']) }} = labels.stage_id

),

final as (

    select
        'hubspot' as source_system,
        lead_id,
        opportunity_id,
        stage,
        entered_at,
        entered_at as entered_until
    from entries
    where trim(stage) <> ''
    group by lead_id, opportunity_id, stage, entered_at

)

select * from final
