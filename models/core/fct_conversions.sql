with

conversions as (

    select * from {{ ref('int_conversions__sequenced') }}

),

final as (

    select
        ---------- ids
        conversion_key,
        conversion_id,
        source_system,
        person_key,
        lead_key,
        account_key,
        corrects_conversion_key,

        ---------- strings
        conversion_type,
        correction_basis,
        currency,

        ---------- numerics
        sequence_number,
        cast(value_native as decimal(18, 6)) as value_native,
        cast(value as decimal(18, 6)) as value,

        ---------- booleans
        is_repeat,
        is_correction,
        is_stated,

        ---------- timestamps
        occurred_at,
        journey_at,
        journey_after
    from conversions

)

select * from final
