{# Moments are TIMESTAMP in UTC without a zone. `zone` is a SQL expression: a column or a literal
   such as "'Europe/Stockholm'". #}

{# The wall clock in a zone at a UTC moment. #}
{% macro to_local(moment, zone) -%}
    {{ return(adapter.dispatch('to_local', 'tributary')(moment, zone)) }}
{%- endmacro %}

{% macro duckdb__to_local(moment, zone) -%}
    (({{ moment }}) at time zone 'UTC' at time zone {{ zone }})
{%- endmacro %}

{% macro spark__to_local(moment, zone) -%}
    from_utc_timestamp({{ moment }}, {{ zone }})
{%- endmacro %}

{# The UTC moment at which a zone's wall clock shows this. #}
{% macro to_utc(wall_clock, zone) -%}
    {{ return(adapter.dispatch('to_utc', 'tributary')(wall_clock, zone)) }}
{%- endmacro %}

{% macro duckdb__to_utc(wall_clock, zone) -%}
    (({{ wall_clock }}) at time zone {{ zone }} at time zone 'UTC')
{%- endmacro %}

{% macro spark__to_utc(wall_clock, zone) -%}
    to_utc_timestamp({{ wall_clock }}, {{ zone }})
{%- endmacro %}

{# Microseconds since 1970 as BIGINT: exact differences between moments. #}
{% macro epoch_micros(moment) -%}
    {{ return(adapter.dispatch('epoch_micros', 'tributary')(moment)) }}
{%- endmacro %}

{% macro duckdb__epoch_micros(moment) -%}
    epoch_us({{ moment }})
{%- endmacro %}

{% macro spark__epoch_micros(moment) -%}
    unix_micros({{ moment }})
{%- endmacro %}

{# The last moment before another. #}
{% macro microsecond_before(moment) -%}
    {{ return(adapter.dispatch('microsecond_before', 'tributary')(moment)) }}
{%- endmacro %}

{% macro default__microsecond_before(moment) -%}
    ({{ moment }} - interval '1' microsecond)
{%- endmacro %}

{% macro micros_of_a_day() -%}
    86400000000
{%- endmacro %}

{# Seconds since 1970 as DOUBLE. #}
{% macro epoch_seconds(moment) -%}
    (cast({{ epoch_micros(moment) }} as double) / 1000000)
{%- endmacro %}

{# The UTC moment of a number of seconds since 1970. #}
{% macro from_epoch_seconds(column) -%}
    {{ return(adapter.dispatch('from_epoch_seconds', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__from_epoch_seconds(column) -%}
    make_timestamp(cast({{ column }} * 1000000 as bigint))
{%- endmacro %}

{% macro spark__from_epoch_seconds(column) -%}
    timestamp_micros(cast({{ column }} * 1000000 as bigint))
{%- endmacro %}

{# The day of the week by ISO 8601: 1 is Monday. #}
{% macro iso_day_of_week(day) -%}
    {{ return(adapter.dispatch('iso_day_of_week', 'tributary')(day)) }}
{%- endmacro %}

{% macro duckdb__iso_day_of_week(day) -%}
    cast(extract(isodow from {{ day }}) as integer)
{%- endmacro %}

{% macro spark__iso_day_of_week(day) -%}
    cast(extract(dayofweek_iso from {{ day }}) as integer)
{%- endmacro %}

{# The UTC moment of an ISO 8601 text inside a JSON value; without an offset it is UTC already.
   DuckDB's plain cast to TIMESTAMP would drop an offset: 20:17+02:00 became 20:17. #}
{% macro utc_moment(column) -%}
    {{ return(adapter.dispatch('utc_moment', 'tributary')(column)) }}
{%- endmacro %}

{% macro duckdb__utc_moment(column) -%}
    (cast({{ column }} as timestamptz) at time zone 'UTC')
{%- endmacro %}

{% macro spark__utc_moment(column) -%}
    cast({{ column }} as timestamp)
{%- endmacro %}
