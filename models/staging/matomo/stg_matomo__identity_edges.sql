{{ config(enabled=delivered(by='matomo')) }}

with

visits as (
    select * from {{ source('matomo', 'visits') }}
),

-- A visit's newest version shows one user; an earlier version may show who was logged in before.
pairs as (
    select
        visitor_id,
        user_id,
        min(started_at) as observed_at
    from visits
    where visitor_id <> '' and user_id <> ''
    group by visitor_id, user_id
),

final as (
    select
        'matomo' as source_system,
        'visitor' as left_type,
        visitor_id as left_id,
        'user' as right_type,
        user_id as right_id,
        observed_at
    from pairs
)

select * from final
