-- What to compute in this run: paths that are new, changed or gone since all was settled.
{% set settled = settled_relation() %}
with

fingerprints as (

    select * from {{ ref('int_attribution__fingerprints') }}

),

{% if settled is none %}
    final as (

        select
            path_key,
            path_number
        from fingerprints

    )
{% else %}
    settled as (

        select * from {{ settled }}

    ),

    final as (

        select
            fingerprints.path_key,
            fingerprints.path_number
        from fingerprints
        left join settled
            on
                fingerprints.path_key = settled.path_key
                and fingerprints.fingerprint = settled.fingerprint
        where settled.path_key is null
        union all
        select
            settled.path_key,
            settled.path_number
        from settled
        left join fingerprints on settled.path_key = fingerprints.path_key
        where fingerprints.path_key is null

    )
{% endif %}

select * from final
