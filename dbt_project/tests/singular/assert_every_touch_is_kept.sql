{{ config(meta={'dagster': {'ref': {'name': 'fct_touchpoints'}}}) }}

-- Returns rows = failure. Touches or leads that sources deliver are lost or doubled on the way to
-- the facts. A crm_record is not a delivered touch.
with

delivered as (

    select
        'touchpoints' as facts,
        count(*) as delivered_rows
    from {{ ref('int_touchpoints__gathered') }}
    where touch_type <> 'crm_record' or touchpoint_id not like 'crm:%'
    union all
    select
        'leads' as facts,
        count(*) as delivered_rows
    from {{ ref('int_leads__unioned') }}
    union all
    select
        'opportunities' as facts,
        count(*) as delivered_rows
    from {{ ref('int_opportunities__unioned') }}

),

published as (

    select
        'touchpoints' as facts,
        count(*) as published_rows
    from {{ ref('fct_touchpoints') }}
    where
        touchpoint_key <> 'unattributed'
        and (touch_type <> 'crm_record' or touchpoint_id not like 'crm:%')
    union all
    select
        'leads' as facts,
        count(*) as published_rows
    from {{ ref('fct_leads') }}
    union all
    select
        'opportunities' as facts,
        count(*) as published_rows
    from {{ ref('fct_opportunities') }}

)

select
    delivered.facts,
    delivered.delivered_rows,
    published.published_rows
from delivered
inner join published on delivered.facts = published.facts
where delivered.delivered_rows <> published.published_rows
