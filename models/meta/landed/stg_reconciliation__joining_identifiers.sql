-- A name (address, user) that joins leads of several companies, or of sources that do not know each
-- other: a vendor, a file, or files whose names differ in their numbers alone. One person may be in
-- two lists or have changed jobs; a made-up or shared identifier looks like this, too.
with

edges as (

    select * from {{ ref('int_identity_edges__gathered') }}

),

judged as (

    select * from {{ ref('int_identifiers__judged') }}
    where not is_shared and identifier_type in ('email', 'user')

),

landed_leads as (

    select * from {{ ref('stg_reconciliation__landed_leads') }}

),

leads as (

    select
        'lead:' || identified.source_system || ':' || identified.lead_id as node,
        identified.lead_id,
        nullif(identified.account_key, 'unknown') as account_key,
        {{ regex_replace(
            "coalesce(landed_leads.stated_by, identified.source_system)", "'[0-9]+'", "'#'"
        ) }} as stated_by
    from {{ ref('int_leads__identified') }} as identified
    left join landed_leads
        on
            identified.source_system = landed_leads.source_system
            and identified.lead_id = landed_leads.lead_id

),

met as (

    select
        right_node as lead_node,
        left_node as node
    from edges
    where right_type = 'lead'
    union all
    select
        left_node as lead_node,
        right_node as node
    from edges
    where left_type = 'lead'

),

joined as (

    select
        judged.node,
        judged.identifier_type,
        count(distinct leads.lead_id) as leads,
        count(distinct leads.account_key) as companies,
        count(distinct leads.stated_by) as sources,
        min(leads.lead_id) as first_lead_id,
        max(leads.lead_id) as last_lead_id
    from judged
    inner join met on judged.node = met.node
    inner join leads on met.lead_node = leads.node
    group by judged.node, judged.identifier_type

),

final as (

    select
        node,
        identifier_type,
        leads,
        companies,
        sources,
        first_lead_id,
        last_lead_id
    from joined
    where companies > 1 or sources > 1

)

select * from final
