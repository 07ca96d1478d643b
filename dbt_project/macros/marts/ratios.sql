{# Ratios of sums. Where either side says nothing (no leads, or no money recorded) the ratio is
   undefined and null: no recorded cost is not the same as free. #}

{# A share or a multiple, as DOUBLE. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{# Money per piece, as DECIMAL(18,6). #}
{% macro unit_cost(amount, pieces) -%}
    cast(nullif({{ amount }}, 0) / nullif({{ pieces }}, 0) as decimal(18, 6))
{%- endmacro %}

{# The first of the month of a UTC moment in a zone (a SQL expression). #}
{% macro month_of_moment(moment, zone) -%}
    cast(date_trunc('month', {{ to_local(moment, zone) }}) as date)
{%- endmacro %}

{# The first of the month of a day. #}
{% macro month_of_day(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}
