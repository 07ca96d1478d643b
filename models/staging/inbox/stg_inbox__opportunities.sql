{{ config(enabled=delivered('opportunities', by='inbox')) }}

with

lines as (

    select * from {{ ref('stg_inbox__opportunity_lines') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

named as (

    select
        opportunity_id,
        min(trim(lead_id)) as first_lead_id,
        max(trim(lead_id)) as last_lead_id
    from lines
    where trim(lead_id) <> ''
    group by opportunity_id

),

final as (

    select
        'inbox' as source_system,
        lines.opportunity_id,
        -- Of several contacts the earliest decides, which is known later.
        case when named.first_lead_id = named.last_lead_id then named.first_lead_id end as lead_id,
        lines.account_id,
        {{ known_from('lines.created_at', 'company.reporting_timezone') }} as created_at,
        {{ known_until('lines.created_at', 'company.reporting_timezone') }} as created_until,
        lines.stage,
        lines.amount,
        lines.currency,
        coalesce(lines.is_won, lines.stage_is_won) as is_won,
        {{ known_from('lines.closed_at', 'company.reporting_timezone') }} as closed_at,
        {{ known_until('lines.closed_at', 'company.reporting_timezone') }} as closed_until
    from lines
    cross join company
    left join named on lines.opportunity_id = named.opportunity_id
    where lines.version = 1

)

select * from final
