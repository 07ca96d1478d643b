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
        weights.position = totals.last_position as takes_residue,
        cast(
            cast(weights.weight as double) / cast(totals.total_weight as double)
            as decimal(18, 12)
        ) as share
    from weights
    inner join totals
        on
            weights.conversion_key = totals.conversion_key
            and weights.attribution_model = totals.attribution_model

),

-- Rounding residue belongs to the last touch: it takes what the others leave.
others as (

    select
        conversion_key,
        attribution_model,
        sum(share) as others_credit
    from shares
    where not takes_residue
    group by conversion_key, attribution_model

),

credited as (

    select
        shares.conversion_key,
        shares.touchpoint_key,
        shares.attribution_model,
        shares.takes_residue,
        cast(
            case
                when shares.takes_residue
                    then cast(1 as decimal(18, 12)) - coalesce(others.others_credit, 0)
                else shares.share
            end
            as decimal(18, 12)
        ) as credit
    from shares
    left join others
        on
            shares.takes_residue
            and shares.conversion_key = others.conversion_key
            and shares.attribution_model = others.attribution_model

),

valued as (

    select
        credited.*,
        conversions.value,
        -- DuckDB multiplies two DECIMAL(18) inside 64 bits and overflows; a wider factor takes 128.
        cast(
            cast(conversions.value as decimal(20, 6)) * credited.credit as decimal(18, 6)
        ) as share_of_value
    from credited
    inner join conversions on credited.conversion_key = conversions.conversion_key

),

other_values as (

    select
        conversion_key,
        attribution_model,
        sum(share_of_value) as others_value
    from valued
    where not takes_residue and value is not null
    group by conversion_key, attribution_model

),

final as (

    select
        valued.conversion_key,
        valued.touchpoint_key,
        valued.attribution_model,
        valued.credit,
        cast(
            case
                when valued.takes_residue
                    then valued.value - coalesce(other_values.others_value, 0)
                else valued.share_of_value
            end
            as decimal(18, 6)
        ) as credited_value
    from valued
    left join other_values
        on
            valued.takes_residue
            and valued.conversion_key = other_values.conversion_key
            and valued.attribution_model = other_values.attribution_model

)

select * from final
