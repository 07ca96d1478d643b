with

slices as (

    select slice_id from {{ ref('stg_inbox__slices') }}

),

conversions as (

    select * from {{ source('inbox', 'conversions') }}

),

versions as (

    select
        conversions.*,
        row_number() over (
            partition by conversions.conversion_id
            order by conversions._sequence desc, conversions._row_number desc
        ) as version
    from conversions
    inner join slices on conversions._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        conversion_id,
        lead_id,
        {{ normalized_code('conversion_type') }} as conversion_type,
        occurred_at,
        coalesce(occurred_until, occurred_at) as occurred_until,
        value,
        currency
    from versions
    where version = 1

)

select * from final
