with

signatures as (

    select
        signature_key,
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
        content
    from {{ ref('int_touchpoints__signed') }}
    group by
        signature_key,
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
        content

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
