with

brand_terms as (
    select * from {{ source('ops', 'brand_terms') }}
),

final as (
    select
        '%' || {{ like_pattern('lower(trim(term))') }} || '%' as like_pattern,
        {{ wildcard_expression("'*' || lower(trim(term)) || '*'") }} as expression
    from brand_terms
    where trim(term) <> ''
    group by lower(trim(term))
)

select * from final
