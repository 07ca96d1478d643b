with

slices as (

    select
        slice_id,
        keeps_first
    from {{ ref('stg_inbox__slices') }}

),

opportunities as (

    select * from {{ source('inbox', 'opportunities') }}

),

versions as (

    select
        opportunities.*,
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
    inner join slices on opportunities._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        opportunity_id,
        lead_id,
        account_id,
        created_at,
        stage,
        amount,
        currency,
        is_won,
        closed_at
    from versions
    where version = 1

)

select * from final
