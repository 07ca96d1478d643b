-- Sixteen rounds reach every chain of identifiers up to some 20,000 long; after convergence a round
-- changes nothing. assert_person_labels_converged fails when they were too few.
{% set rounds = 16 %}
with

edges as {{ materialized() }} (

    select
        left_id,
        right_id
    from {{ ref('int_identity_edges__kept') }}

),

labels_0 as {{ materialized() }} (

    select
        left_id as node_id,
        left_id as label
    from edges
    union
    select
        right_id as node_id,
        right_id as label
    from edges

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
