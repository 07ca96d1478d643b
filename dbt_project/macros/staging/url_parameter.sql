{# The value of a parameter in a URL's query or fragment, decoded; null where it is absent or empty.
   A semicolon precedes it in links copied from HTML (`&amp;utm_medium=`). #}
{% macro url_parameter(url, name) -%}
    nullif({{ url_decoded(regex_extract(url, "'[?&;#]" ~ name ~ "=([^&#]*)'")) }}, '')
{%- endmacro %}
