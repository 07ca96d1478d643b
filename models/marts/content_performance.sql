{{ config(enabled=delivered('content')) }}

with

{{ content_measures(['content_key']) }},

content as (

    select * from {{ ref('dim_content') }}

),

final as (

    select
        measured.month,
        measured.content_key,
        content.content_id,
        content.title,
        content.topic,
        content.format,
        content.url,
        measured.people,
        measured.leads,
        measured.customers,
        measured.opportunities,
        measured.pipeline_influenced,
        measured.revenue_credited
    from measured
    inner join content on measured.content_key = content.content_key

)

select * from final
