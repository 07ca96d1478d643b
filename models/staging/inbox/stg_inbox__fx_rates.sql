{{ config(enabled=delivered('fx_rates', by='inbox')) }}

with

slices as (

    select slice_id from {{ ref('stg_inbox__slices') }}

),

fx_rates as (

    select * from {{ source('inbox', 'fx_rates') }}

),

versions as (

    select
        fx_rates.*,
        row_number() over (
            partition by fx_rates.date_day, upper(trim(fx_rates.currency))
            order by fx_rates._sequence desc, fx_rates._row_number desc
        ) as version
    from fx_rates
    inner join slices on fx_rates._slice_id = slices.slice_id

),

final as (

    select
        date_day,
        upper(trim(currency)) as currency,
        cast(rate as decimal(18, 9)) as rate
    from versions
    where version = 1

)

select * from final
