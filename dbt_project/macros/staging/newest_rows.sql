{# Which rows of raw count. Each macro is a whole select statement over a raw relation and keeps
   all of its columns. "Newest" is the highest position in the manifest, which the loader keeps as
   `_sequence`; clocks of machines can disagree. #}

{# A report's rows: for every (account, day) those of the newest slice that covers the day, even
   where that slice has none, so what vanished or emptied at the vendor does so here. #}
{% macro newest_report_rows(relation, connector, stream, day_column) -%}
    select raw_rows.*
    from {{ relation }} as raw_rows
    inner join (
        select
            days.account_id,
            days.date_day,
            max(ledger.sequence) as newest_sequence
        from (
            select
                _account_id as account_id,
                {{ day_column }} as date_day
            from {{ relation }}
            group by _account_id, {{ day_column }}
        ) as days
        inner join {{ source('ops', 'ledger') }} as ledger
            on
                days.account_id = ledger.account_id
                and ledger.connector = '{{ connector }}'
                and ledger.stream = '{{ stream }}'
                and (ledger.window_start is null or days.date_day >= cast(ledger.window_start as date))
                and (ledger.window_end is null or days.date_day < cast(ledger.window_end as date))
        group by days.account_id, days.date_day
    ) as coverage
        on
            raw_rows._account_id = coverage.account_id
            and raw_rows.{{ day_column }} = coverage.date_day
            and raw_rows._sequence = coverage.newest_sequence
{%- endmacro %}

{# The newest row per key: records that were read again because they changed. #}
{% macro newest_versions(relation, keys) -%}
    select versions.*
    from (
        select
            *,
            row_number() over (
                partition by {{ keys | join(', ') }}
                order by _sequence desc, _row_number desc
            ) as _version
        from {{ relation }}
    ) as versions
    where versions._version = 1
{%- endmacro %}

{# The first row per key: immutable events that overlapping windows read again. #}
{% macro distinct_events(relation, keys) -%}
    select events.*
    from (
        select
            *,
            row_number() over (
                partition by {{ keys | join(', ') }}
                order by _sequence, _row_number
            ) as _occurrence
        from {{ relation }}
    ) as events
    where events._occurrence = 1
{%- endmacro %}
