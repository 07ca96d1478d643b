-- The order of the node ids decides which identifier names a person (int_identity__people): a lead
-- before an address before a user, so that a person who is a lead keeps the key when visits and
-- clicks arrive.
with

identifiers as (

    select * from {{ ref('int_identifiers__judged') }}
    where not is_shared

),

final as (

    select
        node,
        identifier_type,
        row_number() over (
            order by
                case identifier_type
                    when 'lead' then 1
                    when 'email' then 2
                    when 'role_mailbox' then 2
                    when 'user' then 3
                    when 'visitor' then 4
                    when 'phone' then 5
                    else 6
                end,
                node
        ) as node_id
    from identifiers

)

select * from final
