-- What to compute in this run: paths that are new, changed or gone since all was settled.
{% set settled = settled_relation() %}
with

fingerprints as (

    select * from {{ ref('int_attribution__fingerprints') }}

),

{% if settled is none %}
    final as (

        select
            path_number,
            last_touched_at
        from fingerprints

    )
{% else %}
    settled as (

        select * from {{ settled }}

    ),

    final as (

        select
            fingerprints.path_number,
            fingerprints.last_touched_at
        from fingerprints
        left join settled
            on
                fingerprints.path_number = settled.path_number
                and fingerprints.fingerprint = settled.fingerprint
        where settled.path_number is null
        union all
        select
            settled.path_number,
            cast(null as timestamp) as last_touched_at
        from settled
        left join fingerprints on settled.path_number = fingerprints.path_number
        where fingerprints.path_number is null

    )
{% endif %}

select * from final
