with

identity_limits as (
    select * from {{ source('ops', 'identity') }}
),

final as (
    select
        max_leads,
        max_leads_of_shared,
        max_emails,
        max_users,
        max_visitors,
        max_people_per_account
    from identity_limits
)

select * from final
