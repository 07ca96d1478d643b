with

visits as (
    select * from {{ source('matomo', 'visits') }}
),

-- A visit's newest version shows one user; an earlier version may show who was logged in before.
pairs as (
    select
        visitor_id,
        case when user_id like '%@%' then 'email' else 'user' end as user_type,
        case when user_id like '%@%' then user_email_hash else user_id end as user_key,
        min(started_at) as observed_at
    from visits
    where visitor_id <> '' and user_id <> ''
    group by
        visitor_id,
        case when user_id like '%@%' then 'email' else 'user' end,
        case when user_id like '%@%' then user_email_hash else user_id end
),

final as (
    select
        'matomo' as source_system,
        'visitor' as left_type,
        visitor_id as left_id,
        user_type as right_type,
        user_key as right_id,
        observed_at
    from pairs
)

select * from final
