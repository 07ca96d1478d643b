-- The alternatives of rules for what has too many values to look at one by one: the value of such
-- a dimension is what it meets here (int_evidence__met), never itself.
with

rules as (

    select * from {{ ref('int_classification_rules__ranked') }}

),

patterns as (

    {% for dimension in ['referrer_host', 'landing_parameter', 'keyword', 'content'] %}
        select
            '{{ dimension }}' as dimension,
            {{ dimension }} as pattern
        from rules
        where {{ dimension }} <> ''
        {% if not loop.last %}union{% endif %}
    {% endfor %}

),

parts as (
    {{ split_rows('patterns', 'pattern', '|', keep=['dimension']) }}
),

final as (

    select
        dimension,
        lower(trim(element)) as alternative,
        {{ like_pattern('lower(trim(element))') }} as like_pattern,
        {{ wildcard_expression('lower(trim(element))') }} as expression
    from parts
    where trim(element) <> ''
    group by dimension, lower(trim(element))

)

select * from final
