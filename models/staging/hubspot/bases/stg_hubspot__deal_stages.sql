{{ config(enabled=delivered(by='hubspot')) }}

with

pipelines as (
    {{ newest_versions(source('hubspot', 'pipelines'), ['pipeline_id']) }}
),

stages as (
    {{ json_array_rows('pipelines', 'stages', keep=['pipeline_id']) }}
),

final as (

    select
        pipeline_id,
        {{ json_text('element', ['id']) }} as stage_id,
        {{ json_text('element', ['label']) }} as stage_label,
        -- HubSpot writes these as texts.
        {{ json_text('element', ['metadata', 'isClosed']) }} = 'true' as is_closed,
        {{ json_text('element', ['metadata', 'isClosed']) }} = 'true'
        and cast({{ json_text('element', ['metadata', 'probability']) }} as decimal(9, 6)) = 1
            as is_won
    from stages

)

select * from final
