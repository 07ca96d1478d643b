{{ config(enabled=delivered('ads', by='linkedin_ads')) }}

{%- set content = 'posts.content' -%}
{%- set own = 'creatives.content' %}

-- Most creatives show a post; text and spotlight ads have their contents themselves.
with

creatives as (
    {{ newest_versions(source('linkedin_ads', 'creatives'), ['account_id', 'creative_urn']) }}
),

campaigns as (
    {{ newest_versions(source('linkedin_ads', 'campaigns'), ['account_id', 'campaign_id']) }}
),

posts as (
    {{ newest_versions(source('linkedin_ads', 'posts'), ['account_id', 'post_urn']) }}
),

shown as (
    select
        creatives.account_id,
        {{ urn_id('creatives.campaign_urn') }} as campaign_id,
        {{ urn_id('creatives.creative_urn') }} as ad_id,
        creatives.creative_name as ad_name,
        creatives.status,
        {{ json_text(content, ['carousel']) }} is not null as is_carousel,
        {{ json_text(own, ['textAd']) }} is not null
        or posts.content is null and posts.commentary is not null as is_text,
        {{ regex_extract("coalesce(" ~ json_text(content, ['media', 'id']) ~ ", "
            ~ json_text(content, ['article', 'thumbnail']) ~ ")", "'^urn:li:([a-zA-Z]+):'") }}
            as media_kind,
        coalesce(
            {{ json_text(content, ['media', 'title']) }},
            {{ json_text(content, ['article', 'title']) }},
            {{ json_text(own, ['textAd', 'headline']) }},
            {{ json_text(own, ['spotlight', 'headline']) }}
        ) as headlines,
        coalesce(
            {{ post_text('posts.commentary') }},
            {{ json_text(own, ['textAd', 'description']) }},
            {{ json_text(own, ['spotlight', 'description']) }}
        ) as descriptions,
        coalesce(
            posts.call_to_action,
            creatives.lead_form_label,
            {{ json_text(own, ['spotlight', 'callToAction']) }}
        ) as call_to_action,
        coalesce(
            {{ json_text(content, ['media', 'id']) }},
            {{ json_text(content, ['article', 'thumbnail']) }}
        ) as media_id,
        coalesce(
            posts.landing_page,
            {{ json_text(content, ['article', 'source']) }},
            {{ json_text(content, ['carousel', 'cards', 0, 'landingPage']) }},
            {{ json_text(own, ['textAd', 'landingPage']) }},
            {{ json_text(own, ['spotlight', 'landingPage']) }}
        ) as landing_page
    from creatives
    left join posts
        on
            creatives.account_id = posts.account_id
            and {{ json_text(own, ['reference']) }} = posts.post_urn
),

final as (
    select
        ---------- ids
        'linkedin_ads' as platform,
        shown.account_id,
        shown.campaign_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        shown.ad_id,

        ---------- strings
        shown.ad_name,
        case
            when shown.is_carousel then 'carousel'
            when nullif(shown.media_kind, '') is not null then lower(shown.media_kind)
            when shown.is_text then 'text'
            else lower(campaigns.format)
        end as ad_type,
        shown.status,
        shown.headlines,
        shown.descriptions,
        shown.call_to_action,
        shown.media_id,
        cast(null as {{ dbt.type_string() }}) as audience,
        shown.landing_page
    from shown
    left join campaigns
        on shown.account_id = campaigns.account_id and shown.campaign_id = campaigns.campaign_id
)

select * from final
