-- Which alternatives of rules a referrer host, keyword or content meets. Free text has as many
-- values as touches; rules tell apart only what meets different alternatives.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}

),

search_terms as (

    select * from {{ ref('int_search_terms__extracted') }}

),

alternatives as (

    select * from {{ ref('int_rule_alternatives__split') }}

),

brand_terms as (

    select * from {{ ref('stg_ops__brand_terms') }}

),

observed as (

    select
        'referrer_host' as dimension,
        referrer_host as value
    from touchpoints
    where referrer_host is not null
    union
    select
        'keyword' as dimension,
        keyword as value
    from touchpoints
    where keyword is not null
    union
    select
        'keyword' as dimension,
        keyword as value
    from search_terms
    union
    select
        'content' as dimension,
        content as value
    from touchpoints
    where content is not null

),

met as (

    select
        observed.dimension,
        observed.value,
        alternatives.alternative
    from observed
    inner join alternatives
        on
            observed.dimension = alternatives.dimension
            and {{ wildcard_match(
                'lower(trim(observed.value))', 'alternatives.like_pattern', 'alternatives.expression'
            ) }}
    union
    select
        'brand' as dimension,
        observed.value,
        'brand' as alternative
    from observed
    inner join brand_terms
        on
            observed.dimension = 'keyword'
            and {{ wildcard_match(
                'lower(observed.value)', 'brand_terms.like_pattern', 'brand_terms.expression'
            ) }}

),

final as (

    select
        dimension,
        value,
        {{ dbt.listagg('alternative', "'&'", 'order by alternative') }} as alternatives
    from met
    group by dimension, value

)

select * from final
