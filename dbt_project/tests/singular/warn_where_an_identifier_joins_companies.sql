{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'dim_people'}}}) }}

-- Returns rows = warning: an address or a user that joins leads of different companies. One person
-- may have changed jobs; a made-up or shared identifier looks like this, too.
select
    identifier_type,
    companies,
    leads,
    first_lead_id,
    last_lead_id,
    'One ' || identifier_type || ' joins ' || cast(leads as {{ dbt.type_string() }}) || ' leads of '
    || cast(companies as {{ dbt.type_string() }}) || ' companies, among them ' || first_lead_id
    || ' and ' || last_lead_id || ': if it belongs to no one, add it to identity.made_up' as message
from {{ ref('stg_reconciliation__joining_identifiers') }}
where companies > 1
