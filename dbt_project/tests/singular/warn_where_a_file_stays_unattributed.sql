{{ config(
    enabled=delivered('conversions', by='inbox'),
    severity='warn',
    meta={'dagster': {'ref': {'name': 'fct_conversions'}}}
) }}

-- Returns rows = warning: a file whose conversions all have no eligible touch. Its people and those
-- of the touches do not meet: mostly their ids are written differently, or are of two systems.
with

stated as (

    select * from {{ ref('stg_inbox__conversions') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}
    where is_stated

),

credits as (

    select * from {{ ref('fct_attribution_credits_wide') }}

),

attributed as (

    select conversion_key
    from credits
    where touchpoint_key <> 'unattributed'
    group by conversion_key

),

files as (

    select
        stated.entry_id,
        count(*) as conversions,
        count(attributed.conversion_key) as conversions_attributed
    from stated
    inner join conversions
        on
            stated.source_system = conversions.source_system
            and stated.conversion_id = conversions.conversion_id
    left join attributed on conversions.conversion_key = attributed.conversion_key
    group by stated.entry_id

)

select
    entry_id,
    conversions,
    'None of the ' || cast(conversions as {{ dbt.type_string() }}) || ' conversions of the file '
    || entry_id || ' has a touch that may earn credit: its lead_id, email or visitor_id are not '
    || 'those that touches show' as message
from files
where conversions_attributed = 0
