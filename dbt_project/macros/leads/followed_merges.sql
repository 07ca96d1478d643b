{# Where merged records ended up: a whole select statement of (merged_lead_id, surviving_lead_id).

   `relation` says of each merged record into which one it went and, in `claim`, a number per row
   that is larger the later the source said so. A survivor may be merged again, and sources can
   contradict themselves in a circle (A into B, B into A): then the earliest claim of the circle is
   void, and its record is the survivor.

   Each hop doubles the length of the chains that are followed. Eight reach 256 merges in a row;
   HubSpot allows 250 per record. A path that still does not end is going round. #}
{% macro followed_merges(relation, hops=8) -%}
    with hop_0 as {{ materialized() }} (
        select
            merged_lead_id,
            surviving_lead_id,
            claim as earliest_claim
        from {{ relation }}
    ),

    {% for hop in range(1, hops + 1) %}
        hop_{{ hop }} as {{ materialized() }} (
            select
                earlier.merged_lead_id,
                coalesce(later.surviving_lead_id, earlier.surviving_lead_id) as surviving_lead_id,
                case
                    when later.earliest_claim < earlier.earliest_claim then later.earliest_claim
                    else earlier.earliest_claim
                end as earliest_claim
            from hop_{{ hop - 1 }} as earlier
            left join hop_{{ hop - 1 }} as later
                on earlier.surviving_lead_id = later.merged_lead_id
        ),
    {% endfor %}
    ended as (
        select
            paths.merged_lead_id,
            coalesce(void_claims.merged_lead_id, paths.surviving_lead_id) as surviving_lead_id
        from hop_{{ hops }} as paths
        left join hop_{{ hops }} as circles on paths.surviving_lead_id = circles.merged_lead_id
        left join {{ relation }} as void_claims on circles.earliest_claim = void_claims.claim
    )

    select
        merged_lead_id,
        surviving_lead_id
    from ended
    where merged_lead_id <> surviving_lead_id
{%- endmacro %}
