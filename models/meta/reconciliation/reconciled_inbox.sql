{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Lines of files that a newer line about the same thing replaced: expected where exports overlap,
-- and a sign of an id that is none where they do not. Lists of an event are meant to overlap.
with

slices as (

    select
        stream,
        sum(rows_loaded) as rows_loaded
    from {{ ref('stg_inbox__slices') }}
    group by stream

),

staged as (

    {% for shape in delivered_shapes().get('inbox', [])
        if shape not in ('opportunity_contacts', 'event_attendance') %}
        select
            '{{ shape }}' as stream,
            {% if shape == 'opportunities' %}
                -- A deal has a line for each of its contacts.
                count(distinct opportunity_id || ' ' || coalesce(trim(lead_id), '')) as staged_rows
            from {{ ref('stg_inbox__opportunity_lines') }}
            {% else %}
                count(*) as staged_rows
            from {{ ref('stg_inbox__' ~ shape) }}
            {% endif %}
        {{ 'union all' if not loop.last }}
    {% else %}
        select
            cast(null as {{ dbt.type_string() }}) as stream,
            cast(null as bigint) as staged_rows
        where 1 = 0
    {% endfor %}

),

final as (

    select
        'inbox_lines_vs_rows_kept' as check_name,
        'all' as period,
        'inbox.' || slices.stream as subject,
        'rows' as unit,
        slices.rows_loaded as left_side,
        staged.staged_rows as right_side,
        'warn' as severity
    from slices
    inner join staged on slices.stream = staged.stream

)

select * from final
