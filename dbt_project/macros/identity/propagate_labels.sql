{# One round of label propagation: a whole select statement over (node_id, label).

   Every node, and the node that its label names, takes the smallest label that an edge shows it;
   then every label is replaced by its own label (pointer jumping). So a chain of n nodes needs
   about log2(n) rounds instead of n. `edges` holds each pair once, (left_id, right_id).

   The two ends of an edge get their labels one after the other: given both joins at once, DuckDB
   1.5 guesses after some rounds that few labels are left, pairs all labels that differ first, and
   spilled 59 GB for 50,000 edges. #}
{% macro propagate_labels(edges, labels) -%}
    with half_seen as {{ materialized() }} (
        select
            edges.left_id,
            edges.right_id,
            left_labels.label as left_label
        from {{ edges }} as edges
        inner join {{ labels }} as left_labels on edges.left_id = left_labels.node_id
    ),

    seen as {{ materialized() }} (
        select
            half_seen.left_id,
            half_seen.right_id,
            half_seen.left_label,
            right_labels.label as right_label
        from half_seen
        inner join {{ labels }} as right_labels on half_seen.right_id = right_labels.node_id
        where half_seen.left_label <> right_labels.label
    ),

    proposals as (
        select
            case when left_label < right_label then right_id else left_id end as node_id,
            case when left_label < right_label then left_label else right_label end as label
        from seen
        union all
        select
            case when left_label < right_label then right_label else left_label end as node_id,
            case when left_label < right_label then left_label else right_label end as label
        from seen
    ),

    smallest as (
        select
            node_id,
            min(label) as label
        from proposals
        group by node_id
    ),

    hooked as (
        select
            labels.node_id,
            coalesce(smallest.label, labels.label) as label
        from {{ labels }} as labels
        left join smallest on labels.node_id = smallest.node_id
    )

    select
        hooked.node_id,
        jumped.label
    from hooked
    inner join hooked as jumped on hooked.label = jumped.node_id
{%- endmacro %}
