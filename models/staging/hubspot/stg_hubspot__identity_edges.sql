{{ config(enabled=delivered(by='hubspot')) }}

-- What earlier versions of a living contact, and the contacts merged into it, were known by.
-- Deleted contacts give no edges: who was erased is not to be recognised again.
with

contacts as (
    select * from {{ source('hubspot', 'contacts') }}
),

lead_merges as (
    select * from {{ ref('stg_hubspot__lead_merges') }}
),

living_contacts as (
    select contact_id
    from {{ ref('stg_hubspot__contacts') }}
    where not is_merged and not is_deleted
),

versions as (

    select
        living_contacts.contact_id as lead_id,
        contacts.email_hash,
        '["' || replace(contacts.hs_additional_emails_hashes, ';', '","') || '"]'
            as additional_emails,
        contacts.phone_hash,
        contacts.matomo_visitor_id,
        contacts.user_id,
        contacts._extracted_at as observed_at
    from contacts
    left join lead_merges on contacts.contact_id = lead_merges.merged_lead_id
    inner join living_contacts
        on
            coalesce(lead_merges.surviving_lead_id, contacts.contact_id)
            = living_contacts.contact_id

),

additional_emails as (
    {{ json_array_rows(
        'versions', 'additional_emails', keep=['lead_id', 'observed_at'], text=true
    ) }}
),

identifiers as (

    select
        lead_id,
        'email' as identifier_type,
        email_hash as identifier,
        observed_at
    from versions

    union all

    select
        lead_id,
        'email' as identifier_type,
        element as identifier,
        observed_at
    from additional_emails

    union all

    select
        lead_id,
        'phone' as identifier_type,
        phone_hash as identifier,
        observed_at
    from versions

    union all

    select
        lead_id,
        'visitor' as identifier_type,
        matomo_visitor_id as identifier,
        observed_at
    from versions

    union all

    select
        lead_id,
        'user' as identifier_type,
        user_id as identifier,
        observed_at
    from versions

),

final as (

    select
        'hubspot' as source_system,
        'lead' as left_type,
        lead_id as left_id,
        identifier_type as right_type,
        identifier as right_id,
        min(observed_at) as observed_at
    from identifiers
    where identifier is not null and identifier <> ''
    group by lead_id, identifier_type, identifier

)

select * from final
