{{ config(enabled=delivered('stage_history')) }}

-- A deal's stages are its lead's too. Files may name the deals of the only system that has that id.
with

entries as (

    select * from {{ ref('int_stage_history__unioned') }}

),

lead_ids as (

    select * from {{ ref('int_lead_ids__resolved') }}

),

opportunities as (

    select
        opportunity_id,
        source_system,
        opportunity_key,
        lead_key
    from {{ ref('fct_opportunities') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

foreign_deals as (

    select
        opportunity_id,
        min(opportunity_key) as opportunity_key,
        min(lead_key) as lead_key
    from opportunities
    where source_system <> 'inbox'
    group by opportunity_id
    having count(*) = 1

),

known as (

    select
        entries.*,
        coalesce(
            opportunities.opportunity_key, foreign_deals.opportunity_key, 'unknown'
        ) as opportunity_key,
        coalesce(
            lead_ids.lead_key,
            opportunities.lead_key,
            foreign_deals.lead_key,
            'unknown'
        ) as lead_key,
        {{ normalized_code('entries.stage') }} as stage_code
    from entries
    left join lead_ids
        on
            entries.source_system = lead_ids.source_system
            and entries.lead_id = lead_ids.lead_id
    left join opportunities
        on
            entries.source_system = opportunities.source_system
            and entries.opportunity_id = opportunities.opportunity_id
    left join foreign_deals
        on
            entries.source_system = 'inbox'
            and entries.opportunity_id = foreign_deals.opportunity_id

),

followed as (

    select
        *,
        lead(entered_at) over (
            partition by source_system, lead_id, opportunity_id
            order by entered_at, entered_until, stage
        ) as left_at
    from known

),

final as (

    select
        ---------- ids
        {{ surrogate_key([
            'followed.source_system',
            'followed.lead_id',
            'followed.opportunity_id',
            'followed.stage',
            'followed.entered_at',
            'followed.entered_until'
        ]) }} as stage_entry_key,
        followed.source_system,
        followed.lead_key,
        followed.opportunity_key,

        ---------- strings
        coalesce(followed.stage_code, 'unknown') as stage,
        followed.stage as stage_name,
        case when followed.entered_until > followed.entered_at then 'day' else 'moment' end
            as entered_at_precision,

        ---------- timestamps
        followed.entered_at,
        followed.left_at,

        ---------- dates
        {{ local_day('followed.entered_at', 'company.reporting_timezone') }} as entered_on,
        {{ local_day('followed.left_at', 'company.reporting_timezone') }} as left_on
    from followed
    cross join company

)

select * from final
