{{ config(enabled=delivered('conversions', by='inbox')) }}

with

slices as (

    select
        slice_id,
        keeps_first
    from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

conversions as (

    select * from {{ source('inbox', 'conversions') }}

),

-- Of two lines about one conversion, the one of the earliest moment counts, as an event log that
-- saw it again means it, or the newest line where the configuration keeps the last.
versions as (

    select
        conversions.*,
        company.reporting_timezone,
        row_number() over (
            partition by conversions.conversion_id
            order by
                case when slices.keeps_first then conversions.occurred_at end,
                case when slices.keeps_first then conversions._sequence end,
                case when slices.keeps_first then conversions._row_number end,
                conversions._sequence desc,
                conversions._row_number desc
        ) as version
    from conversions
    cross join company
    inner join slices on conversions._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        conversion_id,
        lead_id,
        email_hash,
        visitor_id,
        {{ normalized_code('conversion_type') }} as conversion_type,
        {{ known_from('occurred_at', 'reporting_timezone') }} as occurred_at,
        {{ known_until('occurred_at', 'reporting_timezone') }} as occurred_until,
        value,
        currency,
        corrects_conversion_id,
        _account_id as entry_id
    from versions
    where version = 1

)

select * from final
