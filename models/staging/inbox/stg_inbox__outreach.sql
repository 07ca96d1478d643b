{{ config(enabled=delivered('outreach')) }}

-- A contact's id is the one its file states. Without one it is made of the row's content and its
-- occurrence number: two equal lines of one file are two contacts, in two files they are one.
with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

outreach as (

    select * from {{ source('inbox', 'outreach') }}

),

kept_lines as (

    select
        outreach.*,
        nullif(trim(outreach.outreach_id), '') as stated_id,
        {{ surrogate_key([
            'outreach.campaign', 'outreach.wave', 'outreach.outreach_type', 'outreach.lead_id',
            'outreach.email_hash', 'outreach.phone_hash', 'outreach.contacted_at',
            'outreach.is_held_out', 'outreach.is_delivered', 'outreach.is_response',
            'outreach.responded_at', 'outreach.cost', 'outreach.currency',
        ]) }} as content_key
    from outreach
    inner join slices on outreach._slice_id = slices.slice_id

),

numbered as (

    select
        *,
        coalesce(
            stated_id,
            content_key || ':' || cast(
                row_number() over (
                    partition by _slice_id, content_key, stated_id is null order by _row_number
                ) as {{ dbt.type_string() }}
            )
        ) as identity
    from kept_lines

),

versions as (

    select
        numbered.*,
        company.reporting_timezone,
        row_number() over (
            partition by numbered.identity
            order by numbered._sequence desc, numbered._row_number desc
        ) as version
    from numbered
    cross join company

),

final as (

    select
        'inbox' as source_system,
        {{ surrogate_key(['identity']) }} as outreach_id,
        campaign,
        coalesce(nullif(trim(wave), ''), '1') as wave,
        outreach_type,
        nullif(trim(lead_id), '') as lead_id,
        nullif(trim(email_hash), '') as email_hash,
        nullif(trim(phone_hash), '') as phone_hash,
        coalesce(is_held_out, false) as is_held_out,
        -- What is not said to have come back arrived; so did what was answered.
        not coalesce(is_held_out, false)
        and (
            coalesce(is_delivered, true)
            or coalesce(is_response, responded_at is not null)
        ) as is_delivered,
        not coalesce(is_held_out, false)
        and coalesce(is_response, responded_at is not null) as is_response,
        {{ known_from('contacted_at', 'reporting_timezone') }} as contacted_at,
        {{ known_until('contacted_at', 'reporting_timezone') }} as contacted_until,
        {{ known_from('responded_at', 'reporting_timezone') }} as responded_at,
        {{ known_until('responded_at', 'reporting_timezone') }} as responded_until,
        cost,
        currency
    from versions
    where version = 1

)

select * from final
