{{ config(enabled=delivered(by='hubspot')) }}

{%- set stages = {
    'mql': 'marketingqualifiedlead', 'sql': 'salesqualifiedlead', 'customer': 'customer',
} -%}

-- Search shows neither archived nor erased contacts, so their last version stays in raw for ever.
-- What was seen last decides: a contact is deleted when the recycle bin showed it, or when the
-- newest full list of ids lacks it, later than any answer that showed it alive.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

contacts as (
    {{ newest_versions(source('hubspot', 'contacts'), ['contact_id']) }}
),

lifecycle_history as (
    {{ newest_versions(source('hubspot', 'contact_lifecycle_history'), ['contact_id']) }}
),

archived as (

    select
        contact_id,
        max(_sequence) as archived_sequence
    from {{ source('hubspot', 'archived_contacts') }}
    group by contact_id

),

-- An empty or damaged list says nothing: it must not delete everybody.
newest_lists as (

    select
        account_id,
        max(sequence) as list_sequence
    from {{ source('ops', 'ledger') }}
    where
        connector = 'hubspot'
        and stream = 'contact_ids'
        and rows_loaded > 0
        and rows_quarantined = 0
    group by account_id

),

listed as (

    select
        contact_ids.contact_id,
        max(contact_ids._sequence) as listed_sequence
    from {{ source('hubspot', 'contact_ids') }} as contact_ids
    inner join newest_lists
        on
            contact_ids._account_id = newest_lists.account_id
            and contact_ids._sequence = newest_lists.list_sequence
    group by contact_ids.contact_id

),

lead_merges as (
    select * from {{ ref('stg_hubspot__lead_merges') }}
),

stage_changes as (
    {{ json_array_rows('lifecycle_history', 'history', keep=['contact_id']) }}
),

stage_moments as (

    select
        contact_id,
        {{ json_text('element', ['value']) }} as lifecycle_stage,
        min({{ utc_moment(json_text('element', ['timestamp'])) }}) as entered_at
    from stage_changes
    group by contact_id, {{ json_text('element', ['value']) }}

),

first_entries as (

    select
        contact_id,
        {% for stage, name in stages.items() %}
            max(case when lifecycle_stage = '{{ name }}' then entered_at end) as {{ stage }}_at
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from stage_moments
    group by contact_id

),

-- The record's date is reset when a stage is entered again; history keeps the first. A date
-- without a time that holds the moment of the history says nothing against it.
dated_stages as (

    select
        contacts.contact_id,
        {% for stage, name in stages.items() %}
            {%- set column = 'contacts.hs_lifecyclestage_' ~ name ~ '_date' %}
            {{ known_from(column, 'company.reporting_timezone') }} as {{ stage }}_at,
            {{ known_until(column, 'company.reporting_timezone') }} as {{ stage }}_until
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from contacts
    cross join company

),

final as (

    select
        contacts.contact_id,
        {{ known_from('contacts.createdate', 'company.reporting_timezone') }} as created_at,
        {{ known_until('contacts.createdate', 'company.reporting_timezone') }} as created_until,
        contacts.email_hash,
        contacts.phone_hash,
        nullif(contacts.matomo_visitor_id, '') as visitor_id,
        nullif(contacts.user_id, '') as user_id,
        contacts.associatedcompanyid as company_id,
        contacts.lead_source,
        contacts.lead_channel,
        contacts.hs_analytics_source as original_source,
        contacts.how_did_you_hear_about_us as self_reported_source,
        contacts.hs_analytics_first_url as first_url,
        contacts.utm_source,
        contacts.utm_medium,
        contacts.utm_campaign,
        contacts.utm_term,
        contacts.utm_content,
        coalesce(contacts.hs_google_click_id, contacts.hs_facebook_click_id) as click_id,
        contacts.segment,
        contacts.country,
        contacts.referred_by,
        contacts.email_kind,
        contacts.hs_lead_status as lead_status,
        contacts.disqualification_reason,
        contacts.lifecyclestage as lifecycle_stage,
        {% for stage in stages %}
            case
                when dated_stages.{{ stage }}_until < first_entries.{{ stage }}_at
                    then dated_stages.{{ stage }}_at
                else coalesce(first_entries.{{ stage }}_at, dated_stages.{{ stage }}_at)
            end as {{ stage }}_at,
            case
                when dated_stages.{{ stage }}_until < first_entries.{{ stage }}_at
                    then dated_stages.{{ stage }}_until
                else coalesce(first_entries.{{ stage }}_at, dated_stages.{{ stage }}_until)
            end as {{ stage }}_until,
        {% endfor %}
        lead_merges.merged_lead_id is not null as is_merged,
        greatest(
            coalesce(archived.archived_sequence, 0),
            coalesce(newest_lists.list_sequence, 0)
        ) > greatest(contacts._sequence, coalesce(listed.listed_sequence, 0)) as is_deleted
    from contacts
    cross join company
    inner join dated_stages on contacts.contact_id = dated_stages.contact_id
    left join first_entries on contacts.contact_id = first_entries.contact_id
    left join archived on contacts.contact_id = archived.contact_id
    left join listed on contacts.contact_id = listed.contact_id
    left join newest_lists on contacts._account_id = newest_lists.account_id
    left join lead_merges on contacts.contact_id = lead_merges.merged_lead_id

)

select * from final
