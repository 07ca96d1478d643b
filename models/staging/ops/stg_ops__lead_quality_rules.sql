-- One meaning of a word: the company's own wins over the known one.
with

rules as (

    select
        quality,
        coalesce({{ normalized_code('word') }}, '') as code,
        priority,
        within_days
    from {{ source('ops', 'lead_quality_rules') }}

),

ranked as (

    select
        *,
        row_number() over (partition by code order by priority, quality) as rank_of_code
    from rules

),

final as (

    select
        quality,
        code,
        within_days
    from ranked
    where rank_of_code = 1

)

select * from final
