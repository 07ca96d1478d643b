-- markov_path: each conversion over its touches in proportion to the removal effects of their lead
-- channels. The effects are solved from everyone's paths, so every conversion is computed again.
with

credits as (

    -- Named, because DuckDB 1.5.5 keeps all forty columns of what is read twice.
    select
        credits.conversion_key,
        credits.conversion_type,
        conversions.value,
        credits.is_correction,
        credits.touchpoint_key,
        credits.lead_source_key,
        credits.lead_channel_key,
        credits.campaign_key,
        credits.touched_at,
        credits.converted_at,
        credits.is_last
    from {{ ref('fct_attribution_credits_wide') }} as credits
    inner join {{ ref('fct_conversions') }} as conversions
        on credits.conversion_key = conversions.conversion_key
    inner join {{ ref('stg_ops__enabled_models') }} as enabled_models
        on enabled_models.attribution_model = 'markov_path'

),

journeys as (

    select * from credits
    where touchpoint_key <> 'unattributed'

),

removal_effects as (

    select * from {{ ref('int_attribution__channel_estimates') }}
    where attribution_model = 'markov' and dimension = 'lead_channel'

),

-- A channel on a converting journey has an effect; a tiny one keeps the last digit.
weighed as (

    select
        journeys.*,
        greatest(
            cast(coalesce(removal_effects.removal_effect, 0) as decimal(18, 17)),
            cast(0.00000000000000001 as decimal(18, 17))
        ) as weight
    from journeys
    left join removal_effects
        on
            journeys.conversion_type = removal_effects.conversion_type
            and journeys.lead_channel_key = removal_effects.member_key

),

totals as (

    select
        conversion_key,
        cast(sum(weight) as double) as weight
    from weighed
    group by conversion_key

),

-- Of every touch but the last.
shares as (

    select
        weighed.*,
        case
            when not weighed.is_last
                then cast(cast(weighed.weight as double) / totals.weight as decimal(18, 12))
        end as share
    from weighed
    inner join totals on weighed.conversion_key = totals.conversion_key

),

valued as {{ materialized() }} (

    select
        shares.*,
        cast(cast(shares.value as double) * cast(shares.share as double) as decimal(18, 6))
            as share_of_value
    from shares

),

-- The last touch takes the residue of rounding.
remainders as (

    select
        conversion_key,
        cast(1 - coalesce(sum(share), 0) as decimal(18, 12)) as share,
        cast(max(value) - coalesce(sum(share_of_value), 0) as decimal(18, 6)) as share_of_value
    from valued
    group by conversion_key

),

shared_out as (

    select
        valued.conversion_key,
        valued.touchpoint_key,
        valued.conversion_type,
        valued.lead_source_key,
        valued.lead_channel_key,
        valued.campaign_key,
        case when valued.is_last then remainders.share else valued.share end as credit,
        case
            when valued.is_last then remainders.share_of_value
            else valued.share_of_value
        end as credited_value,
        valued.is_correction,
        valued.touched_at,
        valued.converted_at
    from valued
    inner join remainders on valued.conversion_key = remainders.conversion_key

    union all

    -- A conversion whose only row this is has no eligible touch.
    select
        conversion_key,
        touchpoint_key,
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        cast(1 as decimal(18, 12)) as credit,
        value as credited_value,
        is_correction,
        touched_at,
        converted_at
    from credits
    where touchpoint_key = 'unattributed' and is_last

),

final as (

    select
        ---------- ids
        conversion_key,
        touchpoint_key,
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,

        ---------- numerics
        credit,
        credited_value,

        ---------- booleans
        is_correction,

        ---------- timestamps
        touched_at,
        converted_at
    from shared_out

)

select * from final
