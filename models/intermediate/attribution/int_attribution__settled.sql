-- From what everything in place was computed. It is written after all that computes from it, so
-- that a run which was killed does its paths again.
-- depends_on: {{ ref('fct_attribution_credits') }}
-- depends_on: {{ ref('int_attribution__steps') }}
with

final as (

    select
        path_number,
        fingerprint
    from {{ ref('int_attribution__fingerprints') }}

)

select * from final
