{{ config(materialized='ephemeral', contract={'enforced': false}) }}

-- Lines of files that a newer line about the same thing replaced, and their money: expected where
-- exports overlap, and a sign of an id that is none where they do not. Lists of an event are meant
-- to overlap. Spend that several files state is in meta.spend_overlaps.
{%- set money_of = {
    'leads': 'value', 'opportunities': 'amount', 'conversions': 'value', 'costs': 'amount',
    'touchpoints': 'cost', 'events': 'cost', 'outreach': 'cost', 'referrals': 'cost',
} %}
{%- set shapes = delivered_shapes().get('inbox', []) | select('in', money_of) | list %}
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

money as (

    {% for shape in shapes %}
        select
            '{{ shape }}' as stream,
            coalesce(sum(abs(stated)), 0) as in_lines,
            (
                select coalesce(sum(abs({{ money_of[shape] }})), 0)
                from {{ ref('stg_inbox__' ~ shape) }}
            ) as kept
        from (
            -- A deal states its amount once, however many contacts it has lines for.
            select {{ 'distinct' if shape == 'opportunities' }}
                {{ 'lines._slice_id, lines.opportunity_id,' if shape == 'opportunities' }}
                lines.{{ money_of[shape] }} as stated
            from {{ source('inbox', shape) }} as lines
            inner join {{ ref('stg_inbox__slices') }} as slices
                on lines._slice_id = slices.slice_id
        ) as lines
        {{ 'union all' if not loop.last }}
    {% else %}
        select
            cast(null as {{ dbt.type_string() }}) as stream,
            0 as in_lines,
            0 as kept
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
    union all
    select
        'inbox_money_in_lines_vs_kept' as check_name,
        'all' as period,
        'inbox.' || stream as subject,
        'as stated' as unit,
        in_lines as left_side,
        kept as right_side,
        'none' as severity
    from money
    where in_lines <> kept

)

select * from final
