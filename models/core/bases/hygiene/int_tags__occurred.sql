{{ config(materialized='ephemeral') }}

-- Touches that are not facts (a crm_record beside tracked touches) carry tags too, so the moment
-- and the person come from all identified touches.
with

seen as (

    select * from {{ ref('int_tags__seen') }}

),

identified as (

    select * from {{ ref('int_touchpoints__identified') }}

),

final as (

    select
        seen.touchpoint_key,
        seen.field,
        seen.value,
        identified.person_key,
        identified.campaign_key,
        identified.occurred_at
    from seen
    inner join identified on seen.touchpoint_key = identified.touchpoint_key

)

select * from final
