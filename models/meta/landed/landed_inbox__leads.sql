{{ config(materialized='ephemeral', enabled=delivered('leads', by='inbox')) }}

-- The line that counts of every lead in the configured files.
with

inbox as (
    {{ landed_lines('leads', 'lead_id', 'created_at') }}
),

final as (

    select
        'inbox' as source_system,
        _account_id as stated_by,
        lead_id,
        happened_at as created_at,
        coalesce({{ normalized_code('lead_source') }}, 'unknown') as crm_lead_source
    from inbox
    where row_rank = 1

)

select * from final
