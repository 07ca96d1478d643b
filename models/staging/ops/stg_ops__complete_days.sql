{{ config(materialized='table') }}

-- A vendor is complete up to the moment to which all of its streams were read, and what all vendors
-- share is complete. Files do not say what they leave out: where there is no vendor, the newest
-- file counts. A stream that left the configuration is read no more and holds up nothing.
with

ledger as (
    select * from {{ ref('stg_ops__ledger') }}
),

company as (
    select * from {{ ref('stg_ops__company') }}
),

streams as (

    select
        connector,
        stream,
        min(window_start) as read_from,
        max(least(coalesce(window_end, extracted_at), extracted_at)) as read_until
    from ledger
    where {{ is_still_read() }}
    group by connector, stream

),

-- Some streams reach less far back than their vendor: Google keeps clicks for 90 days.
connectors as (

    select
        connector,
        min(case when connector <> 'inbox' then read_from end) as read_from,
        case when connector <> 'inbox' then min(read_until) end as vendor_read_until,
        max(read_until) as read_until
    from streams
    group by connector

),

bounds as (

    select
        max(read_from) as read_from,
        coalesce(min(vendor_read_until), max(read_until)) as read_until
    from connectors

),

days as (

    select
        cast(bounds.read_from as date) as first_complete_day,
        {{ local_day('bounds.read_until', 'company.reporting_timezone') }} as unfinished_day
    from company
    cross join bounds

),

final as (

    select
        first_complete_day,
        cast({{ dbt.dateadd('day', -1, 'unfinished_day') }} as date) as last_complete_day
    from days

)

select * from final
