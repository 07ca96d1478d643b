{# A floating-point figure as it is published: the same bytes from every run, thread count and order
   of rows. Ten decimals lie far above what rounding errors reach, and zero has no sign. Figures that
   Python computes are rounded to as many by orchestration/attribution/published.py. #}
{% macro published_double(figure) -%}
    case
        when round({{ figure }}, {{ published_decimals() }}) = 0 then cast(0 as double)
        else round({{ figure }}, {{ published_decimals() }})
    end
{%- endmacro %}

{% macro published_decimals() -%}
    10
{%- endmacro %}
