{{ config(enabled=delivered('content')) }}

with

content_patterns as (
    select * from {{ source('ops', 'content_patterns') }}
),

final as (
    select
        place,
        {{ like_pattern('url') }} as like_pattern,
        {{ wildcard_expression('url') }} as expression,
        topic,
        format
    from content_patterns
)

select * from final
