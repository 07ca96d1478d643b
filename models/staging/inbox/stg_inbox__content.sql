{{ config(enabled=delivered('content')) }}

with

slices as (

    select
        slice_id,
        keeps_first
    from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

content as (

    select * from {{ source('inbox', 'content') }}

),

versions as (

    select
        content.*,
        company.reporting_timezone,
        row_number() over (
            partition by trim(content.content_id)
            order by
                case when slices.keeps_first then content._sequence end,
                case when slices.keeps_first then content._row_number end,
                content._sequence desc,
                content._row_number desc
        ) as version
    from content
    cross join company
    inner join slices on content._slice_id = slices.slice_id

),

final as (

    select
        'inbox' as source_system,
        trim(content_id) as content_id,
        nullif(trim(title), '') as title,
        nullif(trim(topic), '') as topic,
        nullif(trim(format), '') as format,
        nullif(trim(page_url), '') as page_url,
        {{ known_from('published_at', 'reporting_timezone') }} as published_at
    from versions
    where version = 1

)

select * from final
