{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'dim_people'}}}) }}

-- Returns rows = warning: an address, number, user or visitor that joins leads of different
-- companies. One person may have changed jobs; a made-up or shared identifier looks like this, too.
with

edges as (

    select * from {{ ref('int_identity_edges__gathered') }}

),

judged as (

    select * from {{ ref('int_identifiers__judged') }}
    where not is_shared and identifier_type not in ('lead', 'click')

),

leads as (

    select
        'lead:' || source_system || ':' || lead_id as node,
        lead_id,
        account_key
    from {{ ref('int_leads__identified') }}
    where account_key <> 'unknown'

),

met as (

    select
        left_node as node,
        right_node as lead_node
    from edges
    where right_type = 'lead'
    union all
    select
        right_node as node,
        left_node as lead_node
    from edges
    where left_type = 'lead'

),

joined as (

    select
        judged.node,
        judged.identifier_type,
        count(distinct leads.account_key) as companies,
        count(distinct leads.lead_id) as leads,
        min(leads.lead_id) as first_lead_id,
        max(leads.lead_id) as last_lead_id
    from judged
    inner join met on judged.node = met.node
    inner join leads on met.lead_node = leads.node
    group by judged.node, judged.identifier_type

)

select
    identifier_type,
    companies,
    leads,
    first_lead_id,
    last_lead_id,
    'One ' || identifier_type || ' joins ' || cast(leads as {{ dbt.type_string() }}) || ' leads of '
    || cast(companies as {{ dbt.type_string() }}) || ' companies, among them ' || first_lead_id
    || ' and ' || last_lead_id || ': if it belongs to no one, add it to identity.made_up' as message
from joined
where companies > 1
