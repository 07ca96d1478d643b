{{ config(enabled=delivered(by='salesforce')) }}

-- What earlier versions of a living lead or contact, and the records that are one with it, were
-- known by. Deleted records give no edges: who was erased is not to be recognised again.
{%- set identifying = [
    ('email', 'email_hash'), ('phone', 'phone_hash'), ('phone', 'mobile_phone_hash'),
] %}

with

people as (

    select * from {{ ref('stg_salesforce__people') }}
    where lead_id is not null and (is_merged or not is_gone)

),

versions as (

    select
        {{ salesforce_id('lead_id') }} as record_id,
        email_hash,
        phone_hash,
        mobile_phone_hash,
        _extracted_at
    from {{ source('salesforce', 'leads') }}

    union all

    select
        {{ salesforce_id('contact_id') }} as record_id,
        email_hash,
        phone_hash,
        mobile_phone_hash,
        _extracted_at
    from {{ source('salesforce', 'contacts') }}

),

identifiers as (

    {% for type, column in identifying %}
        select
            people.lead_id,
            '{{ type }}' as identifier_type,
            versions.{{ column }} as identifier,
            versions._extracted_at as observed_at
        from versions
        inner join people on versions.record_id = people.record_id
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

final as (

    select
        'salesforce' as source_system,
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
