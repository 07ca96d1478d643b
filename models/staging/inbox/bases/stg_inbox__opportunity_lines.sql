{{ config(enabled=delivered('opportunities', by='inbox')) }}

-- The file whose line about a deal counts may have a line for each of its contacts.
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

stage_words as (

    select * from {{ ref('deal_stage_words') }}

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

counting as (

    select
        opportunity_id,
        _slice_id
    from versions
    where version = 1

),

final as (

    select
        versions.*,
        stage_words.is_won as stage_is_won
    from versions
    inner join counting
        on
            versions.opportunity_id = counting.opportunity_id
            and versions._slice_id = counting._slice_id
    left join stage_words on {{ bare_word('versions.stage') }} = stage_words.stage_word

)

select * from final
