{# The value at a path of keys in JSON text, as text; null where the path leads nowhere. A number
   is the position in an array, from 0. #}
{% macro json_text(column, keys) -%}
    {{ return(adapter.dispatch('json_text', 'tributary')(column, keys)) }}
{%- endmacro %}

{% macro duckdb__json_text(column, keys) -%}
    json_extract_string({{ column }}, '${% for key in keys %}{{ "[" ~ key ~ "]" if key is number else "." ~ "\"" ~ key ~ "\"" }}{% endfor %}')
{%- endmacro %}

{% macro spark__json_text(column, keys) -%}
    get_json_object({{ column }}, '${% for key in keys %}[{{ key if key is number else "\\'" ~ key ~ "\\'" }}]{% endfor %}')
{%- endmacro %}

{# One row per element of a column that holds a JSON array as text: a whole select statement.
   Columns: those in `keep`, then `element` (JSON text of the element; a string keeps its quotes
   unless `text` is true) and `element_index` (from 1). Null and empty arrays give no rows.

       line_items as (
           {{ json_array_rows('orders', 'items', keep=['order_id']) }}
       ) #}
{% macro json_array_rows(relation, column, keep=[], text=false) -%}
    {{ return(adapter.dispatch('json_array_rows', 'tributary')(relation, column, keep, text)) }}
{%- endmacro %}

{% macro duckdb__json_array_rows(relation, column, keep, text) -%}
    select
        {% for name in keep -%}
        {{ name }},
        {% endfor -%}
        cast(unnest(_elements) as varchar) as element,
        generate_subscripts(_elements, 1) as element_index
    from (
        select
            {% for name in keep -%}
            {{ name }},
            {% endfor -%}
            from_json({{ column }}, '["{{ "VARCHAR" if text else "JSON" }}"]') as _elements
        from {{ relation }}
    ) as _arrays
{%- endmacro %}

{% macro spark__json_array_rows(relation, column, keep, text) -%}
    select
        {% for name in keep -%}
        {{ name }},
        {% endfor -%}
        _exploded.element,
        _exploded.position + 1 as element_index
    from {{ relation }}
    lateral view posexplode(from_json({{ column }}, 'array<string>')) _exploded as position, element
{%- endmacro %}
