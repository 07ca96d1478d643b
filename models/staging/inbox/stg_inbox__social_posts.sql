{{ config(enabled=delivered('social_posts', by='inbox')) }}

with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

posts as (

    select
        social_posts.*,
        company.reporting_timezone,
        lower(trim(social_posts.network)) as known_network
    from {{ source('inbox', 'social_posts') }} as social_posts
    cross join company
    inner join slices on social_posts._slice_id = slices.slice_id

),

versions as (

    select
        *,
        row_number() over (
            partition by known_network, post_id order by _sequence desc, _row_number desc
        ) as version
    from posts

),

final as (

    select
        'inbox' as source_system,
        known_network as network,
        post_id,
        title,
        format,
        topic,
        url,
        nullif(trim(campaign), '') as campaign,
        coalesce(is_paid, false) as is_paid,
        impressions,
        engagements,
        clicks,
        {{ known_from('posted_at', 'reporting_timezone') }} as posted_at
    from versions
    where version = 1

)

select * from final
