{# A whole select statement over (node_id, label): the smallest node that can be reached from each
   node over `edges`, which holds pairs (left_id, right_id). Sixteen rounds reach every chain up to
   some 20,000 long; after convergence a round changes nothing. assert_person_labels_converged
   fails when they were too few. #}
{% macro connected_labels(edges) -%}
    {% set rounds = 16 -%}
    with labels_0 as {{ materialized() }} (
        select
            left_id as node_id,
            left_id as label
        from {{ edges }}
        union
        select
            right_id as node_id,
            right_id as label
        from {{ edges }}
    ),

    {% for round in range(1, rounds + 1) -%}
    labels_{{ round }} as {{ materialized() }} (
        {{ propagate_labels(edges, 'labels_' ~ (round - 1)) | indent(8) }}
    ){% if not loop.last %},{% endif %}

    {% endfor -%}
    select
        node_id,
        label
    from labels_{{ rounds }}
{%- endmacro %}
