{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_ad_spend'}}}) }}

-- Returns rows = warning: a platform in a file whose spend has no lead source, because no rule
-- knows its name and the file states none.
select
    ad_spend.platform,
    sum(ad_spend.spend) as spend,
    'No rule knows the platform ' || ad_spend.platform || ': its spend of '
    || cast(sum(ad_spend.spend) as {{ dbt.type_string() }}) || ' has no lead source. Map it to a '
    || 'platform of docs/inbox.md under values, or state a lead_source' as message
from {{ ref('fct_ad_spend') }} as ad_spend
where ad_spend.lead_source_key = 'unknown'
group by ad_spend.platform
