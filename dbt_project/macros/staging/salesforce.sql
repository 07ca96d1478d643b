{# Salesforce's ids without the three characters of checksum that most exports and addresses lack. #}
{% macro salesforce_id(column) -%}
    nullif(substring(trim({{ column }}), 1, 15), '')
{%- endmacro %}

{# The newest version of every record of a stream ever read, with `is_gone`: a whole select statement.
   A record is gone when it says so itself, or when the newest full list of ids lacks it, later than
   any answer that showed it. An empty or damaged list says nothing: it must not delete everybody. #}
{% macro salesforce_records(stream, list, key) -%}
    select
        versions.*,
        coalesce(versions.is_deleted, false)
        or coalesce(newest_lists.list_sequence, 0)
        > greatest(versions._sequence, coalesce(listed.listed_sequence, 0)) as is_gone
    from (
        {{ newest_versions(source('salesforce', stream), [key]) }}
    ) as versions
    left join (
        select
            account_id,
            max(sequence) as list_sequence
        from {{ source('ops', 'ledger') }}
        where
            connector = 'salesforce'
            and stream = '{{ list }}'
            and rows_loaded > 0
            and rows_quarantined = 0
        group by account_id
    ) as newest_lists on versions._account_id = newest_lists.account_id
    left join (
        select
            {{ key }},
            max(_sequence) as listed_sequence
        from {{ source('salesforce', list) }}
        group by {{ key }}
    ) as listed on versions.{{ key }} = listed.{{ key }}
{%- endmacro %}
