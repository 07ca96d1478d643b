{# An amount in the reporting currency; an amount without a currency is in it already. Null where
   the rate is missing: assert_every_amount_has_a_rate names currency and day. DuckDB multiplies two
   DECIMAL(18) inside 64 bits and overflows; a wider factor makes it use 128. #}
{% macro in_reporting_currency(amount, currency, reporting_currency, rate) -%}
    cast(
        cast({{ amount }} as decimal(28, 6)) * case
            when coalesce({{ currency }}, {{ reporting_currency }}) = {{ reporting_currency }}
                then cast(1 as decimal(18, 9))
            else {{ rate }}
        end
        as decimal(18, 6)
    )
{%- endmacro %}

{# The calendar day of a moment in a zone. #}
{% macro local_day(moment, zone) -%}
    cast({{ to_local(moment, zone) }} as date)
{%- endmacro %}

{# A look-back of a number of days as microseconds: intervals are exact, not calendar days. #}
{% macro days_in_micros(days) -%}
    cast({{ days }} * {{ micros_of_a_day() }} as bigint)
{%- endmacro %}
