{{ config(enabled=delivered('mailings')) }}

-- A mailing of a vendor is one of its campaigns; one of a file names the campaign of its links.
with

mailings as (

    select
        *,
        {{ surrogate_key(['source_system', 'mailing_id']) }} as mailing_key
    from {{ ref('int_mailings__unioned') }}

),

campaign_references as (

    select
        signed.reference_id,
        matched.campaign_durable_key
    from {{ ref('int_campaign_references__signed') }} as signed
    inner join {{ ref('int_campaign_references__matched') }} as matched
        on signed.signature_key = matched.signature_key
    where signed.source_system = 'mailings'

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}
    where is_current

),

vendors_campaigns as (

    select
        platform,
        campaign_id,
        min(campaign_key) as campaign_key,
        min(campaign_durable_key) as campaign_durable_key
    from campaigns
    where is_declared
    group by platform, campaign_id
    having count(*) = 1

),

placed as (

    select
        mailings.*,
        coalesce(vendors_campaigns.campaign_key, campaigns.campaign_key, 'unknown')
            as campaign_key,
        coalesce(
            vendors_campaigns.campaign_durable_key, campaigns.campaign_durable_key, 'unknown'
        ) as campaign_durable_key
    from mailings
    left join vendors_campaigns
        on
            mailings.source_system = vendors_campaigns.platform
            and mailings.campaign_id = vendors_campaigns.campaign_id
    left join campaign_references on mailings.mailing_key = campaign_references.reference_id
    left join campaigns
        on campaign_references.campaign_durable_key = campaigns.campaign_durable_key

),

final as (

    select
        ---------- ids
        mailing_key,
        mailing_id,
        source_system,
        campaign_key,

        ---------- strings
        coalesce(mailing_name, mailing_id) as mailing_name,
        mailing_type,
        subject_line,
        preview_text,
        list_name,

        ---------- numerics
        cast(stated_sent as bigint) as stated_sent,
        cast(stated_delivered as bigint) as stated_delivered,
        cast(stated_opened as bigint) as stated_opened,
        cast(stated_clicked as bigint) as stated_clicked,
        cast(stated_bounced as bigint) as stated_bounced,
        cast(stated_unsubscribed as bigint) as stated_unsubscribed,

        ---------- booleans
        campaign_durable_key <> 'unknown'
        and count(*) over (partition by campaign_durable_key) = 1 as has_own_campaign,

        ---------- timestamps
        sent_at
    from placed

)

select * from final
