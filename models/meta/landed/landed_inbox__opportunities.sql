{{ config(materialized='ephemeral') }}

-- The newest line of every opportunity in the configured files.
with

inbox as (
    {{ landed_lines('opportunities', 'opportunity_id') }}
),

final as (

    select
        'inbox' as source_system,
        opportunity_id,
        created_at,
        upper(trim(currency)) as currency,
        amount
    from inbox
    where row_rank = 1

)

select * from final
