-- HubSpot lists the merged records on their survivor, separated by semicolons, and a survivor may
-- be merged again. Every row leads to the record that stands at the end.
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
        ) as place
    from listed
    where element <> '' and element <> contact_id

),

direct_merges as (

    select
        merged_lead_id,
        surviving_lead_id
    from ranked
    where place = 1

),

final as (

    select
        'hubspot' as source_system,
        first_merge.merged_lead_id,
        coalesce(
            third_merge.surviving_lead_id,
            second_merge.surviving_lead_id,
            first_merge.surviving_lead_id
        ) as surviving_lead_id
    from direct_merges as first_merge
    left join direct_merges as second_merge
        on first_merge.surviving_lead_id = second_merge.merged_lead_id
    left join direct_merges as third_merge
        on second_merge.surviving_lead_id = third_merge.merged_lead_id

)

select * from final
