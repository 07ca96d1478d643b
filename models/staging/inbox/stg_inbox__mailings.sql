{{ config(enabled=delivered('mailings', by='inbox')) }}

with

slices as (

    select
        slice_id,
        keeps_first
    from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

mailings as (

    select * from {{ source('inbox', 'mailings') }}

),

versions as (

    select
        mailings.*,
        company.reporting_timezone,
        row_number() over (
            partition by mailings.mailing_id
            order by
                case when slices.keeps_first then mailings.sent_at end,
                case when slices.keeps_first then mailings._sequence end,
                case when slices.keeps_first then mailings._row_number end,
                mailings._sequence desc,
                mailings._row_number desc
        ) as version
    from mailings
    cross join company
    inner join slices on mailings._slice_id = slices.slice_id

),

final as (

    select
        ---------- ids
        'inbox' as source_system,
        mailing_id,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        -- What links call a mailing is its campaign, else its name, else its id.
        coalesce(
            nullif(trim(campaign), ''), nullif(trim(mailing_name), ''), mailing_id
        ) as campaign,

        ---------- strings
        coalesce(nullif(trim(mailing_name), ''), nullif(trim(subject_line), ''), mailing_id)
            as mailing_name,
        mailing_type,
        subject_line,
        preview_text,
        list_name,

        ---------- numerics
        sent as stated_sent,
        delivered as stated_delivered,
        opened as stated_opened,
        clicked as stated_clicked,
        bounced as stated_bounced,
        unsubscribed as stated_unsubscribed,

        ---------- timestamps
        {{ known_from('sent_at', 'reporting_timezone') }} as sent_at
    from versions
    where version = 1

)

select * from final
