-- The types of conversion that people have. What the last run knew of them is read before.
-- depends_on: {{ ref('int_attribution__replaced_steps') }}
with

audiences as (

    select * from {{ ref('int_attribution__audiences') }}

),

final as (

    select
        {{ hash_bigint('person_key') }} as person_number,
        conversion_type
    from audiences
    group by person_key, conversion_type

)

select * from final
