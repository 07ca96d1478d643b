{{ config(enabled=delivered('opportunity_contacts', by='inbox')) }}

-- A cell may list several ids, as JSON, too. What is no lead's id meets none later.
with

lines as (

    select
        opportunity_id,
        trim(lead_id) as lead_id
    from {{ ref('stg_inbox__opportunity_lines') }}
    where trim(lead_id) <> ''

),

opened as (

    select
        opportunity_id,
        case
            when lead_id like '[%' and lead_id like '%]'
                then replace(replace(replace(lead_id, '[', ''), ']', ''), '"', '')
            else lead_id
        end as lead_ids
    from lines

),

listed as (

    select
        opportunity_id,
        replace(replace(replace(lead_ids, ' / ', ';'), ',', ';'), '|', ';') as lead_ids
    from opened

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
