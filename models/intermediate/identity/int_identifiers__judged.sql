-- A kiosk's visitor id, info@ or a switchboard's number is many people's: an identifier that meets
-- more others than one person has joins no records. Neither does an address or a number that people
-- make up, which the loader marks. A lead is not shared: what a CRM keeps as one
-- record, or merged into one, is one.
with

edges as (

    select * from {{ ref('int_identity_edges__gathered') }}

),

limits as (

    select * from {{ ref('stg_ops__identity') }}

),

incidences as (

    select
        left_node as node,
        right_type as neighbour_type
    from edges
    union all
    select
        right_node as node,
        left_type as neighbour_type
    from edges

),

met as (

    select
        node,
        {{ identifier_type('node') }} as identifier_type,
        count(*) as pairs,
        count(case when neighbour_type = 'lead' then 1 end) as leads,
        count(case when neighbour_type = 'email' then 1 end) as emails,
        count(case when neighbour_type = 'user' then 1 end) as users,
        count(case when neighbour_type = 'visitor' then 1 end) as visitors
    from incidences
    group by node

),

final as (

    select
        met.node,
        met.identifier_type,
        met.pairs,
        met.identifier_type <> 'lead'
        and (
            met.leads > case
                when met.identifier_type in ('phone', 'role_mailbox')
                    then limits.max_leads_of_shared
                else limits.max_leads
            end
            or met.emails > limits.max_emails
            or met.users > limits.max_users
            or met.visitors > limits.max_visitors
            or met.node like 'email:role:made!_up:%' escape '!'
            or met.node like 'phone:made!_up:%' escape '!'
        ) as is_shared
    from met
    cross join limits

)

select * from final
