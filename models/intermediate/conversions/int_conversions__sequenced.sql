-- Which conversion of a chain each one is, and which one a correction corrects. A chain is what one
-- lead did of one type; without a lead what one person, else one account did. Later customers of a
-- chain are repeat_customer. A correction belongs to what it corrects: the conversion that it names
-- (or what that one corrects, if it is a correction), else the latest earlier one of its chain, one
-- of the same amount before a larger one before any. Its journey is that one's: `journey_at` is the
-- moment that look-backs count from, `journey_after` the one after which they restart, if they do.
with

conversions as (

    select
        *,
        {{ surrogate_key(['source_system', 'conversion_type', 'conversion_id', 'is_stated']) }}
            as conversion_key
    from {{ ref('int_conversions__combined') }}

),

chained as (

    select
        *,
        case
            when lead_key <> 'unknown' then 'lead:' || lead_key
            when person_key <> 'unknown' then 'person:' || person_key
            when account_key <> 'unknown' then 'account:' || account_key
            else 'conversion:' || conversion_key
        end as chain
    from conversions

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

moments as (

    select
        chain,
        conversion_type,
        occurred_at,
        lag(occurred_at) over (
            partition by chain, conversion_type order by occurred_at
        ) as previous_conversion_at
    from chained
    where not is_correction
    group by chain, conversion_type, occurred_at

),

purchases as (

    select
        chained.*,
        case when attribution.lookback_restarts then moments.previous_conversion_at end
            as journey_after,
        row_number() over (
            partition by chained.chain, chained.conversion_type
            order by chained.occurred_at, chained.conversion_id, chained.conversion_key
        ) as sequence_number
    from chained
    inner join moments
        on
            chained.chain = moments.chain
            and chained.conversion_type = moments.conversion_type
            and chained.occurred_at = moments.occurred_at
    cross join attribution
    where not chained.is_correction

),

corrections as (

    select * from chained
    where is_correction

),

candidates as (

    select
        corrections.conversion_key,
        purchases.conversion_key as corrects_conversion_key,
        'named' as correction_basis,
        row_number() over (
            partition by corrections.conversion_key
            order by
                case when corrections.source_system = purchases.source_system then 1 else 2 end,
                case when purchases.is_stated then 1 else 2 end,
                purchases.conversion_key
        ) as place
    from corrections
    inner join purchases on corrections.corrects_conversion_id = purchases.conversion_id
    union all
    select
        corrections.conversion_key,
        purchases.conversion_key as corrects_conversion_key,
        'inferred' as correction_basis,
        row_number() over (
            partition by corrections.conversion_key
            order by
                case
                    when
                        purchases.value_native = -corrections.value_native
                        and purchases.currency = corrections.currency
                        then 1
                    when purchases.value >= -corrections.value then 2
                    else 3
                end,
                purchases.sequence_number desc
        ) as place
    from corrections
    inner join purchases
        on
            corrections.chain = purchases.chain
            and corrections.conversion_type = purchases.conversion_type
            and corrections.occurred_at >= purchases.occurred_at
    where corrections.corrects_conversion_id is null

),

found as (

    select
        conversion_key,
        corrects_conversion_key,
        correction_basis
    from candidates
    where place = 1

),

through_another as (

    select
        corrections.conversion_key,
        found.corrects_conversion_key,
        'named' as correction_basis,
        row_number() over (
            partition by corrections.conversion_key
            order by
                case when corrections.source_system = named.source_system then 1 else 2 end,
                case when named.is_stated then 1 else 2 end,
                named.conversion_key
        ) as place
    from corrections
    inner join corrections as named on corrections.corrects_conversion_id = named.conversion_id
    inner join found on named.conversion_key = found.conversion_key
    left join found as own on corrections.conversion_key = own.conversion_key
    where own.conversion_key is null

),

targets as (

    select * from found
    union all
    select
        conversion_key,
        corrects_conversion_key,
        correction_basis
    from through_another
    where place = 1

),

final as (

    select
        conversion_key,
        source_system,
        conversion_id,
        case
            when conversion_type = 'customer' and sequence_number > 1 then 'repeat_customer'
            else conversion_type
        end as conversion_type,
        lead_key,
        person_key,
        account_key,
        occurred_at,
        value_native,
        currency,
        value,
        cast(sequence_number as bigint) as sequence_number,
        sequence_number > 1 as is_repeat,
        is_correction,
        cast(null as {{ dbt.type_string() }}) as corrects_conversion_key,
        cast(null as {{ dbt.type_string() }}) as correction_basis,
        is_stated,
        occurred_at as journey_at,
        journey_after
    from purchases
    union all
    select
        corrections.conversion_key,
        corrections.source_system,
        corrections.conversion_id,
        case
            when purchases.conversion_type = 'customer' and purchases.sequence_number > 1
                then 'repeat_customer'
            else coalesce(purchases.conversion_type, corrections.conversion_type)
        end as conversion_type,
        coalesce(purchases.lead_key, corrections.lead_key) as lead_key,
        coalesce(purchases.person_key, corrections.person_key) as person_key,
        coalesce(purchases.account_key, corrections.account_key) as account_key,
        corrections.occurred_at,
        corrections.value_native,
        corrections.currency,
        corrections.value,
        cast(null as bigint) as sequence_number,
        coalesce(purchases.sequence_number > 1, false) as is_repeat,
        corrections.is_correction,
        purchases.conversion_key as corrects_conversion_key,
        coalesce(targets.correction_basis, 'not_found') as correction_basis,
        corrections.is_stated,
        coalesce(purchases.occurred_at, corrections.occurred_at) as journey_at,
        purchases.journey_after
    from corrections
    left join targets on corrections.conversion_key = targets.conversion_key
    left join purchases on targets.corrects_conversion_key = purchases.conversion_key

)

select * from final
