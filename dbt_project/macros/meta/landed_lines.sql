{# What files in the inbox state, found without the macros that staging uses: a whole select statement.
   All columns of the lines in the files that count, `happened_at` (the column `moment`, its days in the
   reporting calendar), and `row_rank`, which is 1 for the line that counts of every value of `key`: the
   newest, or, where the first is kept, the one whose `moment` is the earliest. #}
{% macro landed_lines(stream, key, moment) -%}
    select
        lines.*,
        {{ known_from('lines.' ~ moment, 'company.reporting_timezone') }} as happened_at,
        case
            when newest_files.keeps_first
                then row_number() over (
                    partition by lines.{{ key }}
                    order by lines.{{ moment }} asc, lines._sequence asc, lines._row_number asc
                )
            else row_number() over (
                partition by lines.{{ key }} order by lines._sequence desc, lines._row_number desc
            )
        end as row_rank
    from {{ source('inbox', stream) }} as lines
    cross join {{ ref('stg_ops__company') }} as company
    inner join {{ ref('stg_reconciliation__newest_files') }} as newest_files
        on
            newest_files.stream = '{{ stream }}'
            and lines._account_id = newest_files.account_id
            and lines._sequence = newest_files.sequence
{%- endmacro %}
