with

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'conversions'

),

inbox as (

    select
        conversions.*,
        row_number() over (
            partition by conversions.conversion_id
            order by conversions._sequence desc, conversions._row_number desc
        ) as place
    from {{ source('inbox', 'conversions') }} as conversions
    inner join newest_files
        on
            conversions._account_id = newest_files.account_id
            and conversions._sequence = newest_files.sequence

),

final as (

    select
        'inbox' as source_system,
        conversion_id,
        coalesce({{ normalized_code('conversion_type') }}, 'unknown') as conversion_type,
        occurred_at,
        upper(trim(currency)) as currency,
        value
    from inbox
    where place = 1

)

select * from final
