{# Ratios of sums. Where either side says nothing (no leads, or no money recorded) the ratio is
   undefined and null: no recorded cost is not the same as free. #}

{# A share or a multiple, as DOUBLE. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0)
{%- endmacro %}

{# An end of the 90 % interval of a proportion, by Wilson's score (E. B. Wilson, JASA 1927): `side`
   is '-' or '+'. Unlike resampling it is exact to compute, and says something about 0 of 3. #}
{% macro proportion_bound(successes, trials, side) -%}
    {%- set z2 = '2.705543454095404' -%}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set k = 'cast(' ~ successes ~ ' as double)' -%}
    case
        {#- Where the formula says 0 or 1, floating point says nearly. #}
        {%- if side == '-' %}
        when {{ successes }} = 0 and {{ trials }} > 0 then 0
        {%- else %}
        when {{ successes }} = {{ trials }} and {{ trials }} > 0 then 1
        {%- endif %}
        when {{ trials }} > 0
            then (
                {{ k }} + {{ z2 }} / 2
                {{ side }} sqrt({{ z2 }} * ({{ k }} * ({{ n }} - {{ k }}) / {{ n }} + {{ z2 }} / 4))
            ) / ({{ n }} + {{ z2 }})
    end
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
