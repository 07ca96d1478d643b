{# The names of click id parameters as alternatives of a regular expression. It stands in the query
   as a constant, because a pattern read from a table is compiled anew for every row; a test
   compares it with the seed click_id_types. #}
{% macro click_id_parameters() -%}
    gclid|gbraid|wbraid|dclid|msclkid|fbclid|igshid|li_fat_id|ttclid|twclid|epik|ScCid|rdt_cid|qclid|yclid|irclickid|awc|cjevent
{%- endmacro %}

{# Parameters of a landing page that tell how somebody came, as a group of a regular expression. #}
{% macro evidence_parameters() -%}
    (utm_source|utm_medium|utm_campaign|{{ click_id_parameters() }})
{%- endmacro %}
