{# The name of a deal's stage as seeds/deal_stage_words.csv writes it. #}
{% macro stage_word(stage) -%}
    replace(replace(replace(replace(lower(trim({{ stage }})), ' ', ''), '-', ''), '_', ''), '/', '')
{%- endmacro %}
