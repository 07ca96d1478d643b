-- A number over everything that decides a path's steps, credits and what they count for, so that a
-- refresh finds the people and conversions that changed. A person's path is that of their eligible
-- touches, and counts for the types of conversion that they lack; a conversion's depends on the
-- touches of its whole audience as well.
with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where is_eligible

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

audiences as (

    select * from {{ ref('int_attribution__audiences') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

role_weights as (

    select * from {{ ref('int_attribution__role_weights') }}

),

enabled_models as (

    select * from {{ ref('stg_ops__enabled_models') }}

),

people as (

    select
        {{ hash_bigint('person_key') }} as path_number,
        {{ odd_bits(hash_bigint(
            "touchpoint_key, occurred_at, occurred_until, sequence_number, lookback_days, "
            ~ "lead_source_key, lead_channel_key, campaign_key"
        )) }} as fingerprint,
        max(occurred_at) as last_touched_at
    from touchpoints
    group by {{ hash_bigint('person_key') }}

),

conversion_types as (

    select
        person_key,
        conversion_type
    from audiences
    group by person_key, conversion_type

),

converted_people as (

    select
        {{ hash_bigint('person_key') }} as path_number,
        {{ odd_bits(hash_bigint('conversion_type')) }} as fingerprint
    from conversion_types
    group by {{ hash_bigint('person_key') }}

),

people_and_types as (

    select
        people.path_number,
        case
            when converted_people.path_number is null then people.fingerprint
            else {{ hash_bigint("people.fingerprint, converted_people.fingerprint") }}
        end as fingerprint,
        people.last_touched_at
    from people
    left join converted_people on people.path_number = converted_people.path_number

),

weighed_roles as (

    select
        {{ odd_bits(hash_bigint(
            joined_text([
                'attribution_model', 'coalesce(first_weight, -1)', 'coalesce(lead_weight, -1)',
                'coalesce(opportunity_weight, -1)', 'coalesce(customer_weight, -1)',
                'coalesce(last_weight, -1)', 'coalesce(middle_weight, -1)',
            ])
        )) }} as fingerprint
    from role_weights

),

computed_models as (

    select {{ odd_bits(hash_bigint('attribution_model')) }} as fingerprint
    from enabled_models

),

touched as (

    select
        audiences.conversion_key,
        {{ odd_bits(hash_bigint("people.path_number, people.fingerprint")) }} as fingerprint
    from audiences
    inner join people on {{ hash_bigint('audiences.person_key') }} = people.path_number
    group by audiences.conversion_key

),

corrected as (

    select
        corrects_conversion_key as conversion_key,
        sum(value) as value
    from conversions
    where corrects_conversion_key is not null
    group by corrects_conversion_key

),

converted as (

    select
        {{ hash_bigint('conversions.conversion_key') }} as path_number,
        {{ hash_bigint(
            joined_text([
                'conversions.conversion_type', 'conversions.person_key', 'conversions.lead_key',
                epoch_micros('conversions.occurred_at'), 'coalesce(conversions.value, -0.5)',
                epoch_micros('conversions.journey_at'),
                epoch_micros('conversions.journey_until'),
                'coalesce(' ~ epoch_micros('conversions.journey_after') ~ ', -1)',
                'conversions.is_correction', 'coalesce(corrected.value, -0.5)',
                'coalesce(' ~ epoch_micros('leads.created_at') ~ ', -1)',
                'coalesce(' ~ epoch_micros('leads.created_until') ~ ', -1)',
                'coalesce(' ~ epoch_micros('leads.opportunity_at') ~ ', -1)',
                'coalesce(' ~ epoch_micros('leads.opportunity_until') ~ ', -1)',
                'coalesce(' ~ epoch_micros('leads.customer_at') ~ ', -1)',
                'coalesce(' ~ epoch_micros('leads.customer_until') ~ ', -1)',
                'coalesce(touched.fingerprint, -1)', 'attribution.half_life_days',
                'weighed_roles.fingerprint', 'computed_models.fingerprint',
            ])
        ) }} as fingerprint,
        cast(null as timestamp) as last_touched_at
    from conversions
    cross join attribution
    cross join weighed_roles
    cross join computed_models
    left join leads on conversions.lead_key = leads.lead_key
    left join corrected on conversions.conversion_key = corrected.conversion_key
    left join touched on conversions.conversion_key = touched.conversion_key

),

final as (

    select * from people_and_types
    union all
    select * from converted

)

select * from final
