{# Whether a stream of `connector` and `stream` is read still: those that left the configuration are
   named in the environment, as JSON, by vendor. #}
{% macro is_still_read() -%}
    {%- set conditions = ['1 = 1'] -%}
    {%- for vendor, names in fromjson(env_var('TRIBUTARY_FORMER', '{}')).items() -%}
        {%- do conditions.append("not (connector = '" ~ vendor ~ "' and stream in ('"
            ~ names | join("', '") ~ "'))") -%}
    {%- endfor -%}
    {{ return(conditions | join(' and ')) }}
{%- endmacro %}
