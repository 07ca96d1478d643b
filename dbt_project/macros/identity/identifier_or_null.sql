{# An identifier, or null where the text is a word for nothing (`(not set)`, `{{id}}`) or a row of
   one sign (`0000000`, `xxx`): many people share such a text. #}
{% macro identifier_or_null(column) -%}
    case
        when
            {{ says_something(column) }}
            and not {{ regex_match(column, "'^ *[0xX.*?_-]+ *$'") }}
            then trim({{ column }})
    end
{%- endmacro %}
