{{ config(enabled=delivered('stage_history', by='inbox')) }}

with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

lines as (

    select
        stage_history.*,
        company.reporting_timezone
    from {{ source('inbox', 'stage_history') }} as stage_history
    cross join company
    inner join slices on stage_history._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        nullif(trim(lead_id), '') as lead_id,
        nullif(trim(opportunity_id), '') as opportunity_id,
        trim(stage) as stage,
        {{ known_from('entered_at', 'reporting_timezone') }} as entered_at,
        {{ known_until('entered_at', 'reporting_timezone') }} as entered_until
    from lines
    group by
        nullif(trim(lead_id), ''),
        nullif(trim(opportunity_id), ''),
        trim(stage),
        {{ known_from('entered_at', 'reporting_timezone') }},
        {{ known_until('entered_at', 'reporting_timezone') }}

)

select * from final
