{{ config(meta={'dagster': {'ref': {'name': 'fct_leads'}}}) }}

-- Returns rows = failure. The survivor of a merge was merged away itself: its staging model does
-- not follow chains of merges to their end (followed_merges).
with

lead_merges as (

    select * from {{ ref('int_lead_merges__unioned') }}

)

select
    earlier.source_system,
    earlier.merged_lead_id,
    earlier.surviving_lead_id
from lead_merges as earlier
inner join lead_merges as later
    on
        earlier.source_system = later.source_system
        and earlier.surviving_lead_id = later.merged_lead_id
