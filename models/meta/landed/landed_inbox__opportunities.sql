{{ config(materialized='ephemeral', enabled=delivered('opportunities', by='inbox')) }}

-- The line that counts of every opportunity in the configured files.
with

inbox as (
    {{ landed_lines('opportunities', 'opportunity_id', 'created_at') }}
),

final as (

    select
        'inbox' as source_system,
        opportunity_id,
        happened_at as created_at,
        upper(trim(currency)) as currency,
        amount
    from inbox
    where row_rank = 1

)

select * from final
