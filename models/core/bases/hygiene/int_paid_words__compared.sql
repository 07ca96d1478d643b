-- A tag with a word that means paid, on a touch that was not classified as paid: either the link is
-- wrong or money is counted as free traffic.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}

),

words as (

    select tag from {{ ref('int_tag_words__read') }}
    where has_paid and not has_unpaid

),

classified as (

    select * from {{ ref('int_touchpoints__classified') }}

),

unpaid_sources as (

    select lead_source from {{ ref('lead_sources') }}
    where not is_paid

),

unpaid as (

    select
        touchpoints.touchpoint_key,
        touchpoints.utm_source,
        touchpoints.utm_medium,
        touchpoints.utm_campaign
    from touchpoints
    inner join classified on touchpoints.touchpoint_key = classified.touchpoint_key
    inner join unpaid_sources on classified.lead_source = unpaid_sources.lead_source

),

fields as (

    {% for field in ['utm_source', 'utm_medium', 'utm_campaign'] %}
        select
            touchpoint_key,
            '{{ field }}' as field,
            {{ field }} as value
        from unpaid
        where {{ field }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        fields.touchpoint_key,
        fields.field,
        fields.value
    from fields
    inner join words on lower(trim(fields.value)) = words.tag
    where
        fields.value not like '%@%'
        -- A source that is a host has no words, also where a campaign is called like it.
        and not (fields.field = 'utm_source' and fields.value like '%.%')

)

select * from final
