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
        source_category,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer_category,
        {{ normalized_code('lead_source') }} as lead_source,
        {{ normalized_code('lead_channel') }} as lead_channel,
        description
    from classification_rules
)

select * from final
