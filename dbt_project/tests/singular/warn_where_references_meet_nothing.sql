{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_leads'}}}) }}

-- Returns rows = warning: a file that names leads, none of which is known. Every mistake with ids
-- looks like this: another system's, another form of them, or a spreadsheet's.
with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

lead_ids as (

    select lead_id
    from {{ ref('int_lead_ids__resolved') }}
    where source_system = 'inbox'
    group by lead_id

),

{% if delivered('opportunities', by='inbox') %}
    -- A deal's cell may list several contacts.
    deals as (

        select
            lines._account_id as entry_id,
            contacts.lead_id
        from {{ ref('stg_inbox__opportunity_lines') }} as lines
        inner join {{ ref('stg_inbox__opportunity_contacts') }} as contacts
            on lines.opportunity_id = contacts.opportunity_id

    ),
{% endif %}

touches as (

    select
        slices.entry_id,
        trim(touchpoints.lead_id) as lead_id
    from {{ source('inbox', 'touchpoints') }} as touchpoints
    inner join slices on touchpoints._slice_id = slices.slice_id
    where trim(touchpoints.lead_id) <> ''

),

conversions as (

    select
        slices.entry_id,
        trim(conversions.lead_id) as lead_id
    from {{ source('inbox', 'conversions') }} as conversions
    inner join slices on conversions._slice_id = slices.slice_id
    where trim(conversions.lead_id) <> ''

),

named as (

    select
        entry_id,
        lead_id
    from touches
    union all
    select
        entry_id,
        lead_id
    from conversions
    {% if delivered('opportunities', by='inbox') %}
        union all
        select
            entry_id,
            lead_id
        from deals
    {% endif %}

),

files as (

    select
        named.entry_id,
        count(*) as ids,
        count(lead_ids.lead_id) as ids_met
    from named
    left join lead_ids on named.lead_id = lead_ids.lead_id
    group by named.entry_id

)

select
    entry_id,
    ids,
    'None of the ' || cast(ids as {{ dbt.type_string() }}) || ' ids of leads in ' || entry_id
    || ' is that of a lead: compare their form with that of the leads (docs/inbox.md, ids)'
        as message
from files
where ids_met = 0
