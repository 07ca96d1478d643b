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

opportunities as (

    select * from {{ source('inbox', 'opportunities') }}

),

versions as (

    select
        opportunities.*,
        company.reporting_timezone,
        row_number() over (
            partition by opportunities.opportunity_id
            order by
                case when slices.keeps_first then opportunities.created_at end,
                case when slices.keeps_first then opportunities._sequence end,
                case when slices.keeps_first then opportunities._row_number end,
                opportunities._sequence desc,
                opportunities._row_number desc
        ) as version
    from opportunities
    cross join company
    inner join slices on opportunities._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        opportunity_id,
        lead_id,
        account_id,
        {{ known_from('created_at', 'reporting_timezone') }} as created_at,
        {{ known_until('created_at', 'reporting_timezone') }} as created_until,
        stage,
        amount,
        currency,
        is_won,
        {{ known_from('closed_at', 'reporting_timezone') }} as closed_at,
        {{ known_until('closed_at', 'reporting_timezone') }} as closed_until
    from versions
    where version = 1

)

select * from final
