{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'dim_campaigns'}}}) }}

-- Returns rows = warning: a listed name that means a campaign which no touch says and no platform
-- declares. Most of these are the wrong way round.
with

listed as (

    select * from {{ ref('int_campaign_aliases__meant') }}
    where meant_by = 'listed'

),

-- What costs alone say is no campaign that money could meet leads in.
known as (

    select alias from {{ ref('int_campaign_aliases__collected') }}
    union distinct
    select {{ campaign_alias('coalesce(campaign_name, utm_campaign, campaign_id)') }} as alias
    from {{ ref('int_campaign_references__signed') }}
    where fingerprint is not null

)

select
    listed.alias,
    listed.meant_name,
    '"' || listed.alias || '" is listed as another name of the campaign "' || listed.meant_name
    || '", which no touch says and no platform has. If it is the other way round, swap them in '
    || 'campaign_aliases (docs/classification.md)' as message
from listed
left join known on listed.meant_alias = known.alias
where known.alias is null
