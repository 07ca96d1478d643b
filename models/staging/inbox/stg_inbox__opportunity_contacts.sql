{{ config(enabled=delivered('opportunity_contacts', by='inbox')) }}

-- A cell may list several ids. What is no lead's id meets none later.
with

lines as (

    select
        opportunity_id,
        trim(lead_id) as lead_id
    from {{ ref('stg_inbox__opportunity_lines') }}
    where trim(lead_id) <> ''

),

listed as (

    select
        opportunity_id,
        replace(replace(lead_id, ',', ';'), '|', ';') as lead_ids
    from lines

),

split as (
    {{ split_rows('listed', 'lead_ids', ';', keep=['opportunity_id']) }}
),

named as (

    select
        opportunity_id,
        lead_id
    from lines
    union all
    select
        opportunity_id,
        trim(element) as lead_id
    from split
    where trim(element) <> ''

),

final as (

    select
        'inbox' as source_system,
        opportunity_id,
        lead_id
    from named
    group by opportunity_id, lead_id

)

select * from final
