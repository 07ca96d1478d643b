with

classification_rules as (
    select * from {{ source('ops', 'classification_rules') }}
),

final as (
    select
        priority,
        rule_id,
        touch_type,
        click_id_type,
        platform,
        campaign_type,
        payment,
        source_category,
        utm_source,
        source_words,
        utm_medium,
        medium_words,
        utm_campaign,
        campaign_words,
        trace,
        referrer_category,
        referrer_host,
        landing_parameter,
        keyword,
        keyword_kind,
        content,
        {{ normalized_code('lead_source') }} as lead_source,
        {{ normalized_code('lead_channel') }} as lead_channel,
        description
    from classification_rules
)

select * from final
