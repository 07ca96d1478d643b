{{ config(meta={'dagster': {'ref': {'name': 'fct_attribution_credits'}}}) }}

-- Returns rows = failure. A touch is credited that is not eligible, lies after the conversion (for
-- a correction: after what it corrects), or is older than its look-back; or a credit leads to no
-- touchpoint or conversion.
select
    credits.conversion_key,
    credits.touchpoint_key,
    credits.attribution_model
from {{ ref('fct_attribution_credits') }} as credits
left join {{ ref('fct_touchpoints') }} as touchpoints
    on credits.touchpoint_key = touchpoints.touchpoint_key
left join {{ ref('fct_conversions') }} as conversions
    on credits.conversion_key = conversions.conversion_key
where
    touchpoints.touchpoint_key is null
    or conversions.conversion_key is null
    or credits.credit < 0
    or (
        credits.touchpoint_key <> 'unattributed'
        and (
            not touchpoints.is_eligible
            or touchpoints.occurred_at > conversions.journey_at
            or touchpoints.occurred_at <= conversions.journey_after
            or {{ epoch_micros('conversions.journey_at') }}
            - {{ epoch_micros('touchpoints.occurred_at') }}
            > {{ days_in_micros('touchpoints.lookback_days') }}
        )
    )
