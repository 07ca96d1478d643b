{# Money from a vendor's millionths, exactly: dividing decimals would pass through DOUBLE. Absent
   is zero, because such vendors leave out a cost that is zero. #}
{% macro from_micros(column) -%}
    cast(
        cast(coalesce({{ column }}, 0) as decimal(18, 0)) * cast(0.000001 as decimal(7, 6))
        as decimal(18, 6)
    )
{%- endmacro %}
