{# The return on money, and the ends of its 90 % interval. What came back is a sum over conversions,
   each with its own value, and so its variance is the sum of their squares (a compound Poisson
   variable). `side` is '-' or '+'; without at least two conversions nothing is said. #}
{% macro return_bound(revenue, squares, conversions, spend, side) -%}
    {%- set bound -%}
    (
        cast({{ revenue }} as double) {{ side }} 1.6448536269514722 * sqrt({{ squares }})
        - cast({{ spend }} as double)
    ) / nullif(cast({{ spend }} as double), 0)
    {%- endset %}
    case when {{ conversions }} >= 2 and {{ spend }} > 0 then {{ published_double(bound) }} end
{%- endmacro %}

{# A ratio over money spent; null without any, and over a credit. #}
{% macro return_on(revenue, spend) -%}
    case
        when {{ spend }} > 0
            then {{ ratio(revenue ~ ' - (' ~ spend ~ ')', spend) }}
    end
{%- endmacro %}
