-- A cell may list several ids. What is no lead's id meets none later.
with

lines as (

    select
        opportunity_id,
        trim(lead_id) as lead_id
    from {{ ref('stg_inbox__opportunity_lines') }}
    where trim(lead_id) <> ''

),

escaped as (

    select
        opportunity_id,
        replace(replace(
            replace(replace(lead_id, chr(92), chr(92) || chr(92)), chr(34), chr(92) || chr(34)),
            ',', ';'
        ), '|', ';') as lead_ids
    from lines

),

listed as (

    select
        opportunity_id,
        '["' || replace(lead_ids, ';', '","') || '"]' as lead_ids
    from escaped

),

split as (
    {{ json_array_rows('listed', 'lead_ids', keep=['opportunity_id'], text=true) }}
),

final as (

    select
        'inbox' as source_system,
        opportunity_id,
        lead_id
    from lines
    union
    select
        'inbox' as source_system,
        opportunity_id,
        trim(element) as lead_id
    from split
    where trim(element) <> ''

)

select * from final
