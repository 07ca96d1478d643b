-- What a date without a time leaves open: which of a touch and a conversion came first. Both sides
-- count as if the touch had, so nothing is lost, and this says how often.
with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where touchpoint_key <> 'unattributed'

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

credited as (

    select
        conversion_key,
        touchpoint_key
    from {{ ref('fct_attribution_credits_wide') }}
    where coalesce({{ journey_models() | join(', ') }}) is not null
    union distinct
    select
        conversion_key,
        touchpoint_key
    from {{ ref('fct_attribution_removal_credits') }}

),

open_pairs as (

    select
        conversions.conversion_key,
        conversions.conversion_type,
        conversions.lead_key,
        touchpoints.touchpoint_key
    from credited
    inner join conversions on credited.conversion_key = conversions.conversion_key
    inner join touchpoints on credited.touchpoint_key = touchpoints.touchpoint_key
    where
        (
            conversions.journey_until > conversions.journey_at
            or touchpoints.occurred_at_precision = 'day'
        )
        and touchpoints.occurred_until > conversions.journey_at
        and touchpoints.occurred_at <= conversions.journey_until

),

open_conversions as (

    select conversion_key
    from open_pairs
    group by conversion_key

),

open_touchpoints as (

    select touchpoint_key
    from open_pairs
    group by touchpoint_key

),

open_leads as (

    select lead_key
    from open_pairs
    where conversion_type = 'lead'
    group by lead_key

),

moments as (

    select
        'touchpoints' as facts,
        touchpoints.source_system,
        touchpoints.occurred_at_precision as at_precision,
        open_touchpoints.touchpoint_key is not null as is_open
    from touchpoints
    left join open_touchpoints on touchpoints.touchpoint_key = open_touchpoints.touchpoint_key
    union all
    select
        'conversions' as facts,
        conversions.source_system,
        conversions.occurred_at_precision as at_precision,
        open_conversions.conversion_key is not null as is_open
    from conversions
    left join open_conversions on conversions.conversion_key = open_conversions.conversion_key
    union all
    select
        'leads' as facts,
        leads.source_system,
        leads.created_at_precision as at_precision,
        open_leads.lead_key is not null as is_open
    from leads
    left join open_leads on leads.lead_key = open_leads.lead_key

),

final as (

    select
        facts,
        source_system,
        count(*) as rows,
        count(case when at_precision = 'day' then 1 end) as rows_of_days,
        count(case when is_open then 1 end) as rows_of_unknown_order
    from moments
    group by facts, source_system

)

select * from final
