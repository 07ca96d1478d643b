-- People who are no lead go by the devices and names that meet (rounds: see int_identity__named).
{% set edges -%}
    (select left_id, right_id from {{ ref('int_identity_edges__met') }} where is_loose)
{%- endset %}
{{ settled_labels(edges, rounds=16) }}
