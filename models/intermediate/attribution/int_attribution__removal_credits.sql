-- markov_path: each conversion over its touches in proportion to the removal effects of their lead
-- channels. The effects are solved from everybody's paths, so every conversion is computed anew.
with

credits as (

    select * from {{ ref('int_attribution__credits') }}

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
            cast(coalesce(removal_effects.removal_effect, 0) as decimal(20, 18)),
            cast(0.000000000000000001 as decimal(20, 18))
        ) as weight
    from journeys
    left join removal_effects
        on
            journeys.conversion_type = removal_effects.conversion_type
            and journeys.lead_channel_key = removal_effects.member_key

),

shared as (

    select
        weighed.*,
        cast(
            cast(weighed.weight as double)
            / cast(sum(weighed.weight) over (partition by weighed.conversion_key) as double)
            as decimal(18, 12)
        ) as share
    from weighed

),

valued as (

    select
        shared.*,
        -- DuckDB multiplies two DECIMAL(18) in 64 bits and overflows; a wider one takes 128.
        cast(cast(shared.value as decimal(20, 6)) * shared.share as decimal(18, 6))
            as share_of_value
    from shared

),

-- The last touch takes the residue of rounding.
final as (

    select
        valued.conversion_key,
        valued.conversion_type,
        valued.touchpoint_key,
        valued.lead_source_key,
        valued.lead_channel_key,
        valued.campaign_key,
        valued.touched_at,
        valued.converted_at,
        cast(
            case
                when valued.is_last
                    then 1 - (sum(valued.share) over (journey) - valued.share)
                else valued.share
            end as decimal(18, 12)
        ) as markov_path,
        cast(
            case
                when valued.is_last
                    then
                        valued.value
                        - (sum(valued.share_of_value) over (journey) - valued.share_of_value)
                else valued.share_of_value
            end as decimal(18, 6)
        ) as markov_path_value
    from valued
    window journey as (partition by valued.conversion_key)

    union all

    -- A conversion whose only row this is has no eligible touch.
    select
        conversion_key,
        conversion_type,
        touchpoint_key,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        touched_at,
        converted_at,
        cast(1 as decimal(18, 12)) as markov_path,
        value as markov_path_value
    from credits
    where touchpoint_key = 'unattributed' and is_last

)

select * from final
