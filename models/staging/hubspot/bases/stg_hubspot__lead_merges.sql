{{ config(enabled=delivered(by='hubspot')) }}

-- HubSpot lists the merged records on their survivor, separated by semicolons, and a survivor may
-- be merged again. Every row leads to the last surviving record.
with

contacts as (
    {{ newest_versions(source('hubspot', 'contacts'), ['contact_id']) }}
),

survivors as (

    select
        contact_id,
        _sequence,
        '["' || replace(replace(hs_merged_object_ids, ' ', ''), ';', '","') || '"]' as merged_ids
    from contacts
    where hs_merged_object_ids is not null

),

listed as (
    {{ json_array_rows('survivors', 'merged_ids', keep=['contact_id', '_sequence'], text=true) }}
),

-- Merging two survivors lists the oldest record on both: the version read last knows better.
ranked as (

    select
        element as merged_lead_id,
        contact_id as surviving_lead_id,
        row_number() over (
            partition by element
            order by _sequence desc, contact_id asc
        ) as row_rank,
        row_number() over (order by _sequence asc, contact_id desc, element asc) as claim
    from listed
    where element <> '' and element <> contact_id

),

direct_merges as (

    select
        merged_lead_id,
        surviving_lead_id,
        claim
    from ranked
    where row_rank = 1

),

followed as (
    {{ followed_merges('direct_merges') }}
),

final as (

    select
        'hubspot' as source_system,
        merged_lead_id,
        surviving_lead_id
    from followed

)

select * from final
