with

conversions as (

    select * from {{ ref('int_conversions__sequenced') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

dated as (

    select
        conversions.*,
        {{ local_day('conversions.occurred_at', 'company.reporting_timezone') }} as occurred_on,
        {{ local_day('conversions.journey_at', 'company.reporting_timezone') }} as journey_on
    from conversions
    cross join company

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
        case when occurred_until > occurred_at then 'day' else 'moment' end
            as occurred_at_precision,

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
        occurred_until,
        journey_at,
        journey_until,
        journey_after,

        ---------- dates
        occurred_on,
        journey_on
    from dated

)

select * from final
