-- What to compute in this run: paths that are new, changed or gone since all was settled.
with

fingerprints as (

    select * from {{ ref('int_attribution__fingerprints') }}

),

{% if not refreshes() %}
    final as (

        select
            path_number,
            last_touched_at
        from fingerprints

    )
{% else %}
    settled as (

        select * from {{ existing('int_attribution__settled') }}

    ),

    final as (

        select
            coalesce(fingerprints.path_number, settled.path_number) as path_number,
            fingerprints.last_touched_at
        from fingerprints
        full outer join settled on fingerprints.path_number = settled.path_number
        where
            fingerprints.path_number is null
            or settled.path_number is null
            or fingerprints.fingerprint <> settled.fingerprint

    )
{% endif %}

select * from final
