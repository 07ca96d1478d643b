{# A day as moments. A date that a source gives without a time is a day of the reporting calendar,
   whatever zone the source is in: as a day of Tokyo it would be published as the day before in
   Europe. `zone` is the reporting zone. #}

{# The moment at which a day of the calendar begins. #}
{% macro calendar_start(day, zone) -%}
    {{ to_utc('cast(' ~ day ~ ' as timestamp)', zone) }}
{%- endmacro %}

{# The last microsecond of a day of the calendar. #}
{% macro calendar_end(day, zone) -%}
    {{ microsecond_before(calendar_start(dbt.dateadd('day', 1, day), zone)) }}
{%- endmacro %}

{# The first and the last moment that a TIMESTAMP of `raw` may mean: itself, or the bounds of its
   day where the source knew no time. `column` is as the loader names it (`created_at`, beside it
   `created_until` and `created_at_zone`), with the name of its relation in front where it needs one. #}
{% macro known_from(column, reporting_zone) -%}
    case
        when {{ until_column(column) }} is null then {{ column }}
        else {{ calendar_start(local_day(column, column ~ '_zone'), reporting_zone) }}
    end
{%- endmacro %}

{% macro known_until(column, reporting_zone) -%}
    case
        when {{ until_column(column) }} is null then {{ column }}
        else {{ calendar_end(local_day(column, column ~ '_zone'), reporting_zone) }}
    end
{%- endmacro %}

{% macro until_column(column) -%}
    {{ column[:-3] if column.endswith('_at') else column }}_until
{%- endmacro %}
