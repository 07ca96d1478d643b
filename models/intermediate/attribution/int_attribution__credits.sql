-- Weights become shares of one conversion. Weights are DECIMAL, so their sums do not depend on the
-- order in which threads add them, and a rebuild gives the same credits to the last digit.
with

weights as (

    select * from {{ ref('int_attribution_weights__by_position') }}
    union all
    select * from {{ ref('int_attribution_weights__by_decay') }}

),

conversions as (

    select
        conversion_key,
        value
    from {{ ref('fct_conversions') }}

),

totals as (

    select
        conversion_key,
        attribution_model,
        sum(weight) as total_weight,
        max(position) as last_position
    from weights
    group by conversion_key, attribution_model

),

shares as (

    select
        weights.conversion_key,
        weights.touchpoint_key,
        weights.attribution_model,
        conversions.value,
        weights.position = totals.last_position as takes_residue,
        cast(
            cast(weights.weight as double) / cast(totals.total_weight as double)
            as decimal(18, 12)
        ) as credit
    from weights
    inner join totals
        on
            weights.conversion_key = totals.conversion_key
            and weights.attribution_model = totals.attribution_model
    inner join conversions on weights.conversion_key = conversions.conversion_key

),

earlier as (

    select
        conversion_key,
        touchpoint_key,
        attribution_model,
        credit,
        -- DuckDB multiplies two DECIMAL(18) inside 64 bits and overflows; a wider factor takes 128.
        cast(cast(value as decimal(20, 6)) * credit as decimal(18, 6)) as credited_value
    from shares
    where not takes_residue

),

earlier_totals as (

    select
        conversion_key,
        attribution_model,
        sum(credit) as credit,
        sum(credited_value) as credited_value
    from earlier
    group by conversion_key, attribution_model

),

-- Rounding residue belongs to the last touch: it takes what the others leave.
last_ones as (

    select
        shares.conversion_key,
        shares.touchpoint_key,
        shares.attribution_model,
        cast(
            cast(1 as decimal(18, 12)) - coalesce(earlier_totals.credit, 0) as decimal(18, 12)
        ) as credit,
        cast(
            shares.value - coalesce(earlier_totals.credited_value, 0) as decimal(18, 6)
        ) as credited_value
    from shares
    left join earlier_totals
        on
            shares.conversion_key = earlier_totals.conversion_key
            and shares.attribution_model = earlier_totals.attribution_model
    where shares.takes_residue

),

final as (

    select * from earlier
    union all
    select * from last_ones

)

select * from final
