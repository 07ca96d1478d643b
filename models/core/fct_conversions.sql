with

conversions as (

    select * from {{ ref('int_conversions__combined') }}

),

final as (

    select
        ---------- ids
        {{ surrogate_key(['source_system', 'conversion_type', 'conversion_id', 'is_stated']) }}
            as conversion_key,
        conversion_id,
        source_system,
        person_key,
        lead_key,
        account_key,

        ---------- strings
        conversion_type,
        currency,
        case when occurred_until > occurred_at then 'day' else 'moment' end
            as occurred_at_precision,

        ---------- numerics
        cast(value_native as decimal(18, 6)) as value_native,
        cast(value as decimal(18, 6)) as value,

        ---------- booleans
        is_stated,

        ---------- timestamps
        occurred_at,
        occurred_until
    from conversions

)

select * from final
