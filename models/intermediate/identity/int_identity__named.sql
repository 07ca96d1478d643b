-- Sixteen rounds reach every chain of identifiers up to some 20,000 long; after convergence a round
-- changes nothing. assert_person_labels_converged fails when they were too few.
{% set edges -%}
    (select left_id, right_id from {{ ref('int_identity_edges__kept') }} where evidence = 'name')
{%- endset %}
{{ settled_labels(edges, rounds=16) }}
