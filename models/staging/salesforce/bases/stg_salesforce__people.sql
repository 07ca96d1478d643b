{{ config(enabled=delivered(by='salesforce')) }}

-- Which lead every record is of. What was merged is its survivor; a contact and the leads that were
-- converted into it are one lead, under the id of the one that was created first: so a lead keeps
-- its id when it is converted.
with

records as (
    select * from {{ ref('stg_salesforce__records') }}
),

direct_merges as (

    select
        record_id as merged_lead_id,
        merged_into as surviving_lead_id,
        row_number() over (order by _sequence, record_id) as claim
    from records
    where merged_into <> record_id

),

followed as (
    {{ followed_merges('direct_merges') }}
),

resolved as (

    select
        records.record_id,
        records.record_type,
        records.contact_id,
        records.created_at,
        records.is_gone,
        coalesce(followed.surviving_lead_id, records.record_id) as survivor_id,
        followed.merged_lead_id is not null as is_merged
    from records
    left join followed on records.record_id = followed.merged_lead_id

),

living as (
    select * from resolved
    where not is_merged and not is_gone
),

grouped as (

    select
        living.record_id,
        living.record_type,
        living.created_at,
        coalesce(contacts.record_id, living.record_id) as group_id
    from living
    left join resolved as converted on living.contact_id = converted.record_id
    left join living as contacts
        on coalesce(converted.survivor_id, living.record_id) = contacts.record_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by group_id
            order by created_at, case when record_type = 'lead' then 1 else 2 end, record_id
        ) as position,
        row_number() over (
            partition by group_id, record_type order by created_at, record_id
        ) as position_of_type
    from grouped

),

firsts as (
    select * from ranked
    where position = 1
),

final as (

    select
        resolved.record_id,
        resolved.record_type,
        resolved.is_merged,
        resolved.is_gone,
        firsts.record_id as lead_id,
        firsts.created_at as lead_created_at,
        coalesce(
            not resolved.is_merged and ranked.position_of_type = 1, false
        ) as is_first_of_type
    from resolved
    left join ranked on resolved.survivor_id = ranked.record_id
    left join firsts on ranked.group_id = firsts.group_id

)

select * from final
