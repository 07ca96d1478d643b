{# What is repeated until nothing changes. DuckDB computes a materialized common table expression
   once. Spark computes one at every reference, so that sixteen rounds that each read the one before
   twice are planned a hundred million times over: it takes another road to the same rows. #}

{# The label of every node after rounds of propagate_labels: a whole select statement of (node_id,
   label). `edges` holds each pair once, (left_id, right_id). #}
{% macro settled_labels(edges, rounds) -%}
    {{ return(adapter.dispatch('settled_labels', 'tributary')(edges, rounds)) }}
{%- endmacro %}

{# Before the first round: every node is its own label. #}
{% macro first_labels(edges) -%}
    select
        left_id as node_id,
        left_id as label
    from {{ edges }}
    union
    select
        right_id as node_id,
        right_id as label
    from {{ edges }}
{%- endmacro %}

{% macro duckdb__settled_labels(edges, rounds) -%}
with

edges as {{ materialized() }} (

    select
        left_id,
        right_id
    from {{ edges }}

),

labels_0 as {{ materialized() }} (

    {{ first_labels('edges') }}

),

{% for round in range(1, rounds + 1) %}
    labels_{{ round }} as {{ materialized() }} (

        {{ propagate_labels('edges', 'labels_' ~ (round - 1)) | indent(8) }}

    ),
{% endfor %}
final as (

    select
        node_id,
        label
    from labels_{{ rounds }}

)

select * from final
{%- endmacro %}

{# A table per round; a round that changed no label is the last. #}
{% macro spark__settled_labels(edges, rounds) -%}
    {%- set settled = this.schema ~ '.' ~ this.identifier ~ '__settled' -%}
    {%- set next = this.schema ~ '.' ~ this.identifier ~ '__next' -%}
    {%- if execute and flags.WHICH in ['run', 'build'] -%}
        {%- set last = namespace(changed=1) -%}
        {%- do run_query('drop table if exists ' ~ settled) -%}
        {%- do run_query('create table ' ~ settled ~ ' as ' ~ first_labels(edges)) -%}
        {%- for round in range(rounds) if last.changed -%}
            {%- do run_query('drop table if exists ' ~ next) -%}
            {%- do run_query(
                'create table ' ~ next ~ ' as ' ~ propagate_labels(edges, settled)
            ) -%}
            {%- set last.changed = run_query(
                'select count(*) from ' ~ next ~ ' as later inner join ' ~ settled
                ~ ' as earlier on later.node_id = earlier.node_id'
                ~ ' where later.label <> earlier.label'
            ).columns[0].values()[0] -%}
            {%- do run_query('drop table ' ~ settled) -%}
            {%- do run_query('alter table ' ~ next ~ ' rename to ' ~ settled) -%}
        {%- endfor -%}
    {%- endif -%}
    select
        node_id,
        label
    from {{ settled }}
{%- endmacro %}

{# Where merged records ended up: a whole select statement of (merged_lead_id, surviving_lead_id).

   `relation` says of each merged record into which one it went and, in `claim`, a number per row
   that is larger the later the source said so. A survivor may be merged again, and sources can
   contradict themselves in a circle (A into B, B into A): then the earliest claim of the circle is
   void, and its record is the survivor.

   In DuckDB each hop doubles the length of the chains that are followed. Eight reach 256 merges in a
   row; HubSpot allows 250 per record. A path that still does not end is going round. #}
{% macro followed_merges(relation, hops=8) -%}
    {{ return(adapter.dispatch('followed_merges', 'tributary')(relation, hops)) }}
{%- endmacro %}

{% macro duckdb__followed_merges(relation, hops) -%}
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

{# Link by link, because eight doublings would be 512 copies of the relation. Spark stops a recursion
   at 100 levels, so that a path of 98 links is taken for one that is going round. #}
{% macro spark__followed_merges(relation, hops) -%}
    with recursive walked (merged_lead_id, surviving_lead_id, earliest_claim, links) as (
        select
            merged_lead_id,
            surviving_lead_id,
            claim as earliest_claim,
            1 as links
        from {{ relation }}
        union all
        select
            walked.merged_lead_id,
            later.surviving_lead_id,
            least(later.claim, walked.earliest_claim) as earliest_claim,
            walked.links + 1 as links
        from walked
        inner join {{ relation }} as later on walked.surviving_lead_id = later.merged_lead_id
        where walked.links < 98
    ),

    paths as (
        select
            merged_lead_id,
            max_by(surviving_lead_id, links) as surviving_lead_id,
            min(earliest_claim) as earliest_claim
        from walked
        group by merged_lead_id
    ),

    ended as (
        select
            paths.merged_lead_id,
            coalesce(void_claims.merged_lead_id, paths.surviving_lead_id) as surviving_lead_id
        from paths
        left join paths as circles on paths.surviving_lead_id = circles.merged_lead_id
        left join {{ relation }} as void_claims on circles.earliest_claim = void_claims.claim
    )

    select
        merged_lead_id,
        surviving_lead_id
    from ended
    where merged_lead_id <> surviving_lead_id
{%- endmacro %}
