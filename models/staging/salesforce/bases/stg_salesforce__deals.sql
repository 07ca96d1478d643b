{{ config(enabled=delivered(by='salesforce')) }}

with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

versions as (
    {{ salesforce_records('opportunities', 'opportunity_ids', 'opportunity_id') }}
),

labels as (
    select * from {{ ref('stg_salesforce__stages') }}
),

changes as (
    select * from {{ ref('stg_salesforce__stage_changes') }}
),

-- A deal may be reopened and closed again: the last time it entered a stage counts.
entries as (

    select
        opportunity_id,
        stage_name,
        max(entered_at) as entered_at
    from changes
    group by opportunity_id, stage_name

),

-- On an open deal the date is what the seller hopes for, and one that lies ahead closes nothing.
dated as (

    select
        *,
        case
            when closes_at <= {{ dbt.dateadd('day', 1, '_extracted_at') }} then closes_at
        end as closed_at,
        closes_until as closed_until,
        closes_at_zone as closed_at_zone
    from versions

),

final as (

    select
        {{ salesforce_id('dated.opportunity_id') }} as opportunity_id,
        {{ salesforce_id('dated.account_id') }} as account_id,
        dated.created_at,
        coalesce(labels.label, dated.stage_name) as stage,
        dated.amount,
        coalesce(dated.currency, dated.corporate_currency) as currency,
        coalesce(dated.is_won, false) as is_won,
        case
            when dated.is_closed
                then coalesce(
                    {{ known_from('dated.closed_at', 'company.reporting_timezone') }},
                    entries.entered_at,
                    dated.modified_at
                )
        end as closed_at,
        case
            when dated.is_closed
                then coalesce(
                    case
                        when dated.closed_at is not null
                            then {{ known_until('dated.closed_at', 'company.reporting_timezone') }}
                    end,
                    entries.entered_at,
                    dated.modified_at
                )
        end as closed_until,
        dated.is_gone
    from dated
    cross join company
    left join labels on dated.stage_name = labels.api_name
    left join entries
        on
            {{ salesforce_id('dated.opportunity_id') }} = entries.opportunity_id
            and dated.stage_name = entries.stage_name

)

select * from final
