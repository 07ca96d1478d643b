{{ config(enabled=delivered('touchpoints') or delivered('ad_spend') or delivered('social_posts')
    or delivered('social_post_days')) }}

-- The referrer says it, else the tag, else the kind of click id.
with

touchpoints as (

    select
        touchpoints.touchpoint_key,
        touchpoints.referrer_host,
        lower(trim(prepared.utm_source)) as utm_source,
        nullif(trim(prepared.utm_content), '') as content,
        prepared.click_id_type,
        sources.lead_source,
        sources.source_category,
        touchpoints.ga4_channel_group
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('int_touchpoints__prepared') }} as prepared
        on touchpoints.touchpoint_key = prepared.touchpoint_key
    inner join {{ ref('dim_lead_sources') }} as sources
        on touchpoints.lead_source_key = sources.lead_source_key

),

networks as (

    select * from {{ ref('int_social_networks__named') }}

),

social as (

    select
        *,
        lead_source = 'paid_social' or ga4_channel_group = 'Paid Social' as is_paid
    from touchpoints
    where
        lead_source = 'paid_social'
        or source_category = 'social media'
        or ga4_channel_group in ('Paid Social', 'Organic Social')

),

final as (

    select
        social.touchpoint_key,
        social.is_paid,
        social.content,
        case
            when social.is_paid
                then
                    coalesce(
                        tagged.ad_network, clicked.ad_network, referring.ad_network, 'unknown'
                    )
            else coalesce(referring.network, tagged.network, clicked.network, 'unknown')
        end as network
    from social
    left join {{ ref('click_id_types') }} as click_id_types
        on social.click_id_type = click_id_types.click_id_type
    left join networks as referring on social.referrer_host = referring.text
    left join networks as tagged on social.utm_source = tagged.text
    left join networks as clicked on click_id_types.platform = clicked.text

)

select * from final
