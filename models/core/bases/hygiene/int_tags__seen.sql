{{ config(materialized='view') }}

-- What links and records say, one field after the other, as it was written. An address in a tag is
-- personal data: it is recognised here and shown nowhere.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}

),

clicks as (

    select * from {{ ref('int_clicks__compared') }}

),

paid_words as (

    select * from {{ ref('int_paid_words__compared') }}

),

fields as (

    {% for field in ['utm_source', 'utm_medium', 'utm_campaign'] %}
        select
            touchpoint_key,
            '{{ field }}' as field,
            case when {{ field }} like '%@%' then '(personal data)' else {{ field }} end as value
        from touchpoints
        where {{ field }} is not null
        union all
    {% endfor %}
    {% for field in ['lead_source', 'lead_channel'] %}
        select
            touchpoint_key,
            '{{ field }}' as field,
            stated_{{ field }} as value
        from touchpoints
        where stated_{{ field }} is not null
        union all
    {% endfor %}
    select
        touchpoint_key,
        'click_id_type:' || issue as field,
        click_id_type as value
    from clicks
    union all
    select
        touchpoint_key,
        'paid_word_unpaid:' || field as field,
        value
    from paid_words

),

final as (

    select
        touchpoint_key,
        field,
        value,
        lower(trim(value)) as code
    from fields
    -- (not set) and (none) are how analytics tools write "nothing".
    where substring(value, 1, 1) <> '(' or value = '(personal data)'

)

select * from final
