{{ config(enabled=delivered('ads', by='meta_ads')) }}

{%- set story = 'creatives.object_story_spec' -%}
{%- set feed = 'creatives.asset_feed_spec' %}

-- An ad's texts and address are its creative's: in its own columns, in the post that it promotes,
-- or in a feed of texts that Meta combines. They are kept as one text each.
with

ads as (
    {{ newest_versions(source('meta_ads', 'ads'), ['account_id', 'ad_id']) }}
),

ad_sets as (
    {{ newest_versions(source('meta_ads', 'ad_sets'), ['account_id', 'adset_id']) }}
),

creatives as (
    {{ newest_versions(source('meta_ads', 'creatives'), ['account_id', 'creative_id']) }}
),

feeds as (
    select
        account_id,
        creative_id,
        {{ json_text('asset_feed_spec', ['titles']) }} as titles,
        {{ json_text('asset_feed_spec', ['bodies']) }} as bodies
    from creatives
    where asset_feed_spec is not null
),

{% for kind in ['titles', 'bodies'] -%}
    {{ kind }} as (
        {{ json_array_rows('feeds', kind, keep=['account_id', 'creative_id']) }}
    ),

    joined_{{ kind }} as (
        select
            account_id,
            creative_id,
            {{ dbt.listagg(json_text('element', ['text']), "' | '", 'order by element_index') }}
                as {{ kind }}
        from {{ kind }}
        group by account_id, creative_id
    ),

{% endfor -%}
targets as (
    select
        account_id,
        adset_id,
        {{ json_text('targeting', ['custom_audiences']) }} as custom_audiences,
        {{ json_text('targeting', ['flexible_spec']) }} as flexible_spec
    from ad_sets
    where targeting is not null
),

custom_audiences as (
    {{ json_array_rows('targets', 'custom_audiences', keep=['account_id', 'adset_id']) }}
),

specs as (
    {{ json_array_rows('targets', 'flexible_spec', keep=['account_id', 'adset_id']) }}
),

spec_interests as (
    select
        account_id,
        adset_id,
        {{ json_text('element', ['interests']) }} as interests
    from specs
),

interests as (
    {{ json_array_rows('spec_interests', 'interests', keep=['account_id', 'adset_id']) }}
),

reached as (
    select
        account_id,
        adset_id,
        {{ json_text('element', ['name']) }} as audience
    from custom_audiences
    union distinct
    select
        account_id,
        adset_id,
        {{ json_text('element', ['name']) }} as audience
    from interests
),

audiences as (
    select
        account_id,
        adset_id,
        {{ dbt.listagg('audience', "' | '", 'order by audience') }} as audience
    from reached
    where audience is not null
    group by account_id, adset_id
),

shown as (
    select
        creatives.account_id,
        creatives.creative_id,
        case
            when creatives.asset_feed_spec is not null then 'dynamic'
            when {{ json_text(story, ['link_data', 'child_attachments']) }} is not null
                then 'carousel'
            when
                coalesce(
                    creatives.video_id, {{ json_text(story, ['video_data', 'video_id']) }}
                ) is not null
                then 'video'
            when
                coalesce(
                    creatives.image_hash,
                    {{ json_text(story, ['link_data', 'image_hash']) }},
                    {{ json_text(story, ['photo_data', 'image_hash']) }}
                ) is not null
                then 'image'
            else lower(creatives.object_type)
        end as ad_type,
        coalesce(
            joined_titles.titles,
            {{ json_text(story, ['link_data', 'name']) }},
            {{ json_text(story, ['video_data', 'title']) }},
            creatives.title
        ) as headlines,
        coalesce(
            joined_bodies.bodies,
            {{ json_text(story, ['link_data', 'message']) }},
            {{ json_text(story, ['video_data', 'message']) }},
            creatives.body
        ) as descriptions,
        coalesce(
            creatives.call_to_action_type,
            {{ json_text(story, ['link_data', 'call_to_action', 'type']) }},
            {{ json_text(story, ['video_data', 'call_to_action', 'type']) }},
            {{ json_text(feed, ['call_to_action_types', 0]) }}
        ) as call_to_action,
        coalesce(
            creatives.video_id,
            {{ json_text(story, ['video_data', 'video_id']) }},
            creatives.image_hash,
            {{ json_text(story, ['link_data', 'image_hash']) }},
            {{ json_text(story, ['photo_data', 'image_hash']) }}
        ) as media_id,
        coalesce(
            creatives.link_url,
            {{ json_text(story, ['link_data', 'link']) }},
            {{ json_text(story, ['video_data', 'call_to_action', 'value', 'link']) }},
            {{ json_text(feed, ['link_urls', 0, 'website_url']) }},
            creatives.template_url
        ) as landing_page
    from creatives
    left join joined_titles
        on
            creatives.account_id = joined_titles.account_id
            and creatives.creative_id = joined_titles.creative_id
    left join joined_bodies
        on
            creatives.account_id = joined_bodies.account_id
            and creatives.creative_id = joined_bodies.creative_id
),

final as (
    select
        ---------- ids
        'meta_ads' as platform,
        ads.account_id,
        ads.campaign_id,
        ads.adset_id as ad_group_id,
        ads.ad_id,

        ---------- strings
        ads.ad_name,
        shown.ad_type,
        ads.effective_status as status,
        shown.headlines,
        shown.descriptions,
        shown.call_to_action,
        shown.media_id,
        audiences.audience,
        -- The form of a lead ad has an address that leads nowhere.
        case
            when not {{ regex_match('shown.landing_page', "'^https?://fb[.]me/?$'") }}
                then shown.landing_page
        end as landing_page
    from ads
    left join shown
        on ads.account_id = shown.account_id and ads.creative_id = shown.creative_id
    left join audiences
        on ads.account_id = audiences.account_id and ads.adset_id = audiences.adset_id
)

select * from final
