with

signatures as (

    select
        signature_key,
        min(touch_type) as touch_type,
        min(click_id_type) as click_id_type,
        min(platform) as platform,
        min(campaign_type) as campaign_type,
        min(source_category) as source_category,
        -- GA4's words for "nothing" are no tags.
        min(case when ga4_source not in ('(direct)', '(not set)') then ga4_source end)
            as utm_source,
        min(case when ga4_medium not in ('(none)', '(not set)') then ga4_medium end)
            as utm_medium,
        min(case when utm_campaign not in ('(none)', '(not set)') then utm_campaign end)
            as utm_campaign,
        min(referrer_category) as referrer_category
    from {{ ref('int_touchpoints__signed') }}
    group by signature_key

),

rules as (

    select * from {{ ref('int_classification_rules__ranked') }}

),

decisions as (

    {{ first_matching_rule('signatures', 'rules', [
        'touch_type', 'click_id_type', 'platform', 'campaign_type', 'source_category',
        'utm_source', 'utm_medium', 'utm_campaign', 'referrer_category',
    ]) | indent(4) }}

),

final as (

    select
        decisions.signature_key,
        rules.rule_id,
        coalesce(rules.lead_source, 'unknown') as lead_source,
        coalesce(rules.lead_channel, 'unknown') as lead_channel
    from decisions
    inner join rules on decisions.rule_rank = rules.rule_rank

)

select * from final
