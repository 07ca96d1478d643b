-- From what everything in place was computed, and by which run. It is written after all of that.
-- depends_on: {{ ref('fct_attribution_credits_wide') }}
-- depends_on: {{ ref('int_attribution__set_counts') }}
-- depends_on: {{ ref('int_attribution__step_counts') }}
with

final as (

    select
        path_number,
        fingerprint,
        '{{ invocation_id }}' as dbt_run
    from {{ ref('int_attribution__fingerprints') }}

)

select * from final
