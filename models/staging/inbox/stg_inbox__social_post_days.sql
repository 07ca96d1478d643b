{{ config(enabled=delivered('social_post_days', by='inbox')) }}

with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

days as (

    select
        social_post_days.*,
        lower(trim(social_post_days.network)) as known_network
    from {{ source('inbox', 'social_post_days') }} as social_post_days
    inner join slices on social_post_days._slice_id = slices.slice_id

),

versions as (

    select
        *,
        row_number() over (
            partition by date_day, known_network, post_id
            order by _sequence desc, _row_number desc
        ) as version
    from days

),

final as (

    select
        'inbox' as source_system,
        date_day,
        known_network as network,
        post_id,
        impressions,
        engagements,
        clicks
    from versions
    where version = 1

)

select * from final
