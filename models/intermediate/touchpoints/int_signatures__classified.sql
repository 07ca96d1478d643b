with

signatures as (

    select
        signature_key,
        min(touch_type) as touch_type,
        min(click_id_type) as click_id_type,
        min(platform) as platform,
        min(campaign_type) as campaign_type,
        min(payment) as payment,
        min(source_category) as source_category,
        min(utm_source) as utm_source,
        min(source_words) as source_words,
        min(utm_medium) as utm_medium,
        min(medium_words) as medium_words,
        min(utm_campaign) as utm_campaign,
        min(campaign_words) as campaign_words,
        min(trace) as trace,
        min(referrer_category) as referrer_category,
        min(referrer_host) as referrer_host,
        min(landing_parameter) as landing_parameter,
        min(keyword) as keyword,
        min(keyword_kind) as keyword_kind,
        min(content) as content
    from {{ ref('int_touchpoints__signed') }}
    group by signature_key

),

rules as (

    select * from {{ ref('int_classification_rules__ranked') }}

),

decisions as (

    {{ first_matching_rule(
        'signatures',
        'rules',
        [
            'touch_type', 'click_id_type', 'platform', 'campaign_type', 'payment',
            'source_category', 'utm_source', 'utm_medium', 'utm_campaign', 'referrer_category',
            'keyword_kind',
        ],
        many=[
            'source_words', 'medium_words', 'campaign_words', 'trace', 'referrer_host',
            'landing_parameter', 'keyword', 'content',
        ]
    ) | indent(4) }}

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
