{# Ratios of sums. Where either side says nothing (no leads, or no money recorded) the ratio is
   undefined and null: no recorded cost is not the same as free. #}

{# A share or a multiple, as DOUBLE. #}
{% macro ratio(numerator, denominator) -%}
    {{ published_double(
        'cast(' ~ numerator ~ ' as double) / nullif(cast(' ~ denominator ~ ' as double), 0)'
    ) }}
{%- endmacro %}

{# A return per unit of money spent; over a month of credits it is undefined. #}
{% macro per_money_spent(amount, spent) -%}
    {%- set spent -%}
    case when {{ spent }} > 0 then {{ spent }} end
    {%- endset -%}
    {{ ratio(amount, spent) }}
{%- endmacro %}

{# An end of the 90 % interval of a proportion, by Wilson's score (E. B. Wilson, JASA 1927): `side`
   is '-' or '+'. Unlike resampling it is exact to compute, and says something about 0 of 3. #}
{% macro proportion_bound(successes, trials, side) -%}
    {%- set z2 = '2.705543454095404' -%}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set k = 'cast(' ~ successes ~ ' as double)' -%}
    {%- set bound -%}
    (
        {{ k }} + {{ z2 }} / 2
        {{ side }} sqrt({{ z2 }} * ({{ k }} * ({{ n }} - {{ k }}) / {{ n }} + {{ z2 }} / 4))
    ) / ({{ n }} + {{ z2 }})
    {%- endset %}
    case when {{ trials }} > 0 then {{ published_double(bound) }} end
{%- endmacro %}

{# Clicks per impressions with its interval, as three columns; null where a residual has more clicks
   than impressions. #}
{% macro click_rate_columns(clicks, impressions) -%}
    {%- set shown -%}
    (case when {{ clicks }} between 0 and {{ impressions }} then {{ impressions }} end)
    {%- endset -%}
    {{ ratio(clicks, shown) }} as click_rate,
    {{ proportion_bound(clicks, shown, '-') }} as click_rate_low,
    {{ proportion_bound(clicks, shown, '+') }} as click_rate_high
{%- endmacro %}

{# Money per piece, as DECIMAL(18,6). #}
{% macro unit_cost(amount, pieces) -%}
    cast(
        case when {{ amount }} > 0 then {{ amount }} end / nullif({{ pieces }}, 0)
        as decimal(18, 6)
    )
{%- endmacro %}

{# The first of the month of a UTC moment in a zone (a SQL expression). #}
{% macro month_of_moment(moment, zone) -%}
    cast({{ dbt.date_trunc('month', to_local(moment, zone)) }} as date)
{%- endmacro %}

{# The month of a day as a number that grows by one a month. #}
{% macro month_number(day) -%}
    (12 * extract(year from {{ day }}) + extract(month from {{ day }}))
{%- endmacro %}

{# The Monday of the week of a day. #}
{% macro week_of_day(day) -%}
    cast({{ dbt.dateadd('day', '1 - ' ~ iso_day_of_week(day), day) }} as date)
{%- endmacro %}

{# The first of the month of a day. #}
{% macro month_of_day(day) -%}
    cast({{ dbt.date_trunc('month', day) }} as date)
{%- endmacro %}
