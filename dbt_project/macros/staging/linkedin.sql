{# The id at the end of one of LinkedIn's URNs: `urn:li:sponsoredCampaign:7` is about `7`. #}
{% macro urn_id(column) -%}
    nullif({{ regex_extract(column, "'([^:]+)$'") }}, '')
{%- endmacro %}

{# The text of a post as people read it: LinkedIn writes mentions as `@[name](urn)`, hashtags as
   `{hashtag|#|word}` and a backslash before signs of its own. People who are mentioned are left
   out. #}
{% macro post_text(column) -%}
    {%- set unescaped = "replace(" ~ column ~ ", " ~ backslash() ~ ", '')" -%}
    {%- set unnamed = regex_replace(
        unescaped, "'@.[^@]*?[(]urn:li:(?:person|member):[^)]*[)]'", "'@'"
    ) -%}
    {%- set named = regex_replace(
        unnamed, "'@.([^@]*?).[(]urn:li:[a-zA-Z]+:[^)]*[)]'", "'" ~ regex_group(1) ~ "'"
    ) -%}
    {{ regex_replace(
        named, "'[{]hashtag[|]#[|]([^}]*)[}]'", "'#" ~ regex_group(1) ~ "'"
    ) }}
{%- endmacro %}
