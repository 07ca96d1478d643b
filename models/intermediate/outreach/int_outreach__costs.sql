{{ config(materialized='view', enabled=delivered('outreach')) }}

-- Every campaign has a row without an amount as well, by which it is known.

with

outreach as (

    select * from {{ ref('int_outreach__identified') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

daily as (

    select
        outreach.source_system,
        outreach.reference_id,
        outreach.wave,
        {{ local_day('outreach.contacted_at', 'company.reporting_timezone') }} as date_day,
        upper(outreach.currency) as currency,
        outreach.lead_source,
        outreach.lead_channel,
        min(outreach.campaign) as campaign,
        sum(outreach.cost) as amount
    from outreach
    cross join company
    where outreach.cost <> 0
    group by
        outreach.source_system,
        outreach.reference_id,
        outreach.wave,
        {{ local_day('outreach.contacted_at', 'company.reporting_timezone') }},
        upper(outreach.currency),
        outreach.lead_source,
        outreach.lead_channel

),

final as (

    select
        {{ surrogate_key([
            'source_system', 'reference_id', 'wave', 'date_day', 'currency', 'lead_source',
            'lead_channel',
        ]) }} as cost_id,
        date_day,
        amount,
        currency,
        lead_source,
        lead_channel,
        campaign,
        wave as description
    from daily
    union all
    select
        outreach.reference_id as cost_id,
        min({{ local_day('outreach.contacted_at', 'company.reporting_timezone') }}) as date_day,
        cast(null as decimal(18, 6)) as amount,
        cast(null as {{ dbt.type_string() }}) as currency,
        cast(null as {{ dbt.type_string() }}) as lead_source,
        cast(null as {{ dbt.type_string() }}) as lead_channel,
        min(outreach.campaign) as campaign,
        cast(null as {{ dbt.type_string() }}) as description
    from outreach
    cross join company
    group by outreach.reference_id

)

select * from final
