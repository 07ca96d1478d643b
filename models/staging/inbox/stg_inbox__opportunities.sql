with

lines as (

    select * from {{ ref('stg_inbox__opportunity_lines') }}

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
        lines.created_at,
        coalesce(lines.created_until, lines.created_at) as created_until,
        lines.stage,
        lines.amount,
        lines.currency,
        coalesce(lines.is_won, lines.stage_is_won) as is_won,
        lines.closed_at,
        coalesce(lines.closed_until, lines.closed_at) as closed_until
    from lines
    left join named on lines.opportunity_id = named.opportunity_id
    where lines.version = 1

)

select * from final
