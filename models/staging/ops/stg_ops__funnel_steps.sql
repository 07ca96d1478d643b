with

steps as (
    select * from {{ source('ops', 'funnel_steps') }}
),

final as (
    select
        position,
        step,
        name_en,
        name_sv,
        is_web,
        {{ like_pattern('lower(page)') }} as page_pattern
    from steps
)

select * from final
