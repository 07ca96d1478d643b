{# The value of a parameter in a URL's query, decoded; null where it is absent or empty. #}
{% macro url_parameter(url, name) -%}
    nullif({{ url_decoded(regex_extract(url, "'[?&]" ~ name ~ "=([^&#]*)'")) }}, '')
{%- endmacro %}
