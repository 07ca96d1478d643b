{{ config(materialized='ephemeral', enabled=delivered('conversions', by='inbox')) }}

with

inbox as (
    {{ landed_lines('conversions', 'conversion_id', 'occurred_at') }}
),

final as (

    select
        'inbox' as source_system,
        conversion_id,
        coalesce({{ normalized_code('conversion_type') }}, 'unknown') as conversion_type,
        happened_at as occurred_at,
        upper(trim(currency)) as currency,
        value,
        coalesce(value < 0, false) or nullif(trim(corrects_conversion_id), '') is not null
            as is_correction
    from inbox
    where row_rank = 1

)

select * from final
