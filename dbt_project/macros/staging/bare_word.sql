{# A word as lists of words have it: in lower case, without spaces, hyphens, underscores and slashes. #}
{% macro bare_word(column) -%}
    replace(replace(replace(replace(lower(trim({{ column }})), ' ', ''), '-', ''), '_', ''), '/', '')
{%- endmacro %}
