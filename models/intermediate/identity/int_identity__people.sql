-- A click id joins what is anonymous (neither lead nor address) to the one lead that shows it. It
-- joins nothing where several leads show it: a link is passed on with its click id.
with

settled as (

    select * from {{ ref('int_identity__settled') }}

),

nodes as (

    select * from {{ ref('int_identity_nodes__numbered') }}

),

edges as (

    select
        left_id,
        right_id
    from {{ ref('int_identity_edges__kept') }}
    where evidence = 'click'

),

-- Whatever the letters, a click id has a greater number than what it meets.
showings as (

    select
        case when left_id < right_id then left_id else right_id end as shower_id,
        case when left_id < right_id then right_id else left_id end as click_id
    from edges

),

somebodies as (

    select
        person_id,
        max(case when identifier_type = 'lead' then 1 else 0 end) as is_lead,
        max(
            case when identifier_type in ('lead', 'email', 'role_mailbox') then 1 else 0 end
        ) as is_somebody
    from settled
    group by person_id

),

shown as (

    select
        showings.click_id,
        settled.person_id,
        somebodies.is_lead,
        settled.is_contested or somebodies.is_somebody = 1 as stays
    from showings
    inner join settled on showings.shower_id = settled.node_id
    inner join somebodies on settled.person_id = somebodies.person_id

),

clicks as (

    select
        click_id,
        min(case when is_lead = 1 then person_id end) as lead_id,
        count(distinct case when is_lead = 1 then person_id end) as leads
    from shown
    group by click_id

),

clickers as (

    select
        shown.person_id,
        min(clicks.lead_id) as only_lead_id
    from shown
    inner join clicks on shown.click_id = clicks.click_id and clicks.leads = 1
    where not shown.stays
    group by shown.person_id
    having min(clicks.lead_id) = max(clicks.lead_id)

),

resolved as (

    select
        settled.node,
        coalesce(clickers.only_lead_id, settled.person_id) as person_id,
        settled.is_contested
    from settled
    left join clickers on settled.person_id = clickers.person_id

    union all

    select
        nodes.node,
        coalesce(case when clicks.leads = 1 then clicks.lead_id end, nodes.node_id) as person_id,
        coalesce(clicks.leads > 1, false) as is_contested
    from nodes
    left join clicks on nodes.node_id = clicks.click_id
    where nodes.identifier_type = 'click'

),

final as (

    select
        resolved.node,
        {{ surrogate_key(['named.node']) }} as person_key,
        resolved.is_contested
    from resolved
    inner join nodes as named on resolved.person_id = named.node_id

)

select * from final
