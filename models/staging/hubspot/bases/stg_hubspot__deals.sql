{{ config(enabled=delivered(by='hubspot')) }}

with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

versions as (
    {{ newest_versions(source('hubspot', 'deals'), ['deal_id']) }}
),

-- A deal is not closed on a day that lies ahead: such a date is what the seller hoped for.
deals as (

    select
        *,
        case
            when closedate <= {{ dbt.dateadd('day', 1, '_extracted_at') }} then closedate
        end as closed,
        closedate_zone as closed_zone,
        closedate_until as closed_until
    from versions

),

stage_history as (
    {{ newest_versions(source('hubspot', 'deal_stage_history'), ['deal_id']) }}
),

archived as (

    select
        deal_id,
        max(_sequence) as archived_sequence
    from {{ source('hubspot', 'archived_deals') }}
    group by deal_id

),

stages as (
    select * from {{ ref('stg_hubspot__deal_stages') }}
),

survivors as (

    select '["' || replace(replace(hs_merged_object_ids, ' ', ''), ';', '","') || '"]' as merged_ids
    from deals
    where hs_merged_object_ids is not null

),

merged_ids as (
    {{ json_array_rows('survivors', 'merged_ids', text=true) }}
),

merged as (

    select element as deal_id
    from merged_ids
    group by element

),

stage_changes as (
    {{ json_array_rows('stage_history', 'history', keep=['deal_id']) }}
),

-- A deal may be reopened and closed again: the last time it entered a stage counts.
stage_moments as (

    select
        deal_id,
        {{ json_text('element', ['value']) }} as stage_id,
        max({{ utc_moment(json_text('element', ['timestamp'])) }}) as entered_at
    from stage_changes
    group by deal_id, {{ json_text('element', ['value']) }}

),

final as (

    select
        deals.deal_id,
        {{ known_from('deals.createdate', 'company.reporting_timezone') }} as created_at,
        {{ known_until('deals.createdate', 'company.reporting_timezone') }} as created_until,
        deals.dealstage as stage_id,
        coalesce(stages.stage_label, deals.dealstage) as stage,
        deals.amount,
        deals.deal_currency_code as currency,
        deals.num_associated_contacts,
        coalesce(stages.is_won, deals.hs_is_closed_won, false) as is_won,
        -- On an open deal `closedate` is what the seller hopes for.
        case
            when coalesce(stages.is_closed, deals.hs_is_closed, false)
                then coalesce(
                    {{ known_from('deals.closed', 'company.reporting_timezone') }},
                    stage_moments.entered_at,
                    deals.updated_at
                )
        end as closed_at,
        case
            when coalesce(stages.is_closed, deals.hs_is_closed, false)
                then coalesce(
                    {{ known_until('deals.closed', 'company.reporting_timezone') }},
                    stage_moments.entered_at,
                    deals.updated_at
                )
        end as closed_until,
        merged.deal_id is not null as is_merged,
        coalesce(archived.archived_sequence, 0) > deals._sequence as is_deleted
    from deals
    cross join company
    left join stages on deals.pipeline = stages.pipeline_id and deals.dealstage = stages.stage_id
    left join stage_moments
        on
            deals.deal_id = stage_moments.deal_id
            and deals.dealstage = stage_moments.stage_id
            and stage_moments.entered_at <= {{ dbt.dateadd('day', 1, 'deals._extracted_at') }}
    left join archived on deals.deal_id = archived.deal_id
    left join merged on deals.deal_id = merged.deal_id

)

select * from final
