-- What the tags alone would say of a touch, without its click id, referrer or type.
with

signed as (

    select
        ga4_source,
        ga4_medium,
        ga4_campaign,
        min(utm_source) as utm_source,
        min(utm_medium) as utm_medium,
        min(utm_campaign) as utm_campaign,
        min(source_category) as source_category,
        min(source_words) as source_words,
        min(medium_words) as medium_words,
        min(campaign_words) as campaign_words,
        min(case when touch_type not like 'ad!_%' escape '!' then payment end) as payment
    from {{ ref('int_touchpoints__signed') }}
    where ga4_source is not null or ga4_medium is not null
    group by ga4_source, ga4_medium, ga4_campaign

),

signatures as (

    select
        {{ surrogate_key(['ga4_source', 'ga4_medium', 'ga4_campaign']) }} as signature_key,
        *
    from signed

),

rules as (

    select * from {{ ref('int_classification_rules__ranked') }}
    where
        coalesce(
            touch_type, click_id_type, platform, campaign_type, trace, referrer_category,
            referrer_host, landing_parameter, keyword, keyword_kind, content
        ) is null

),

decisions as (

    {{ first_matching_rule(
        'signatures',
        'rules',
        ['payment', 'source_category', 'utm_source', 'utm_medium', 'utm_campaign'],
        many=['source_words', 'medium_words', 'campaign_words']
    ) | indent(4) }}

),

lead_sources as (

    select * from {{ ref('lead_sources') }}

),

final as (

    select
        signatures.signature_key as tags_key,
        signatures.ga4_source,
        signatures.ga4_medium,
        signatures.ga4_campaign,
        rules.rule_id,
        -- The last resorts look at no value, only at whether there is one.
        coalesce(rules.utm_source, '*') = '*'
        and coalesce(rules.utm_medium, '*') = '*'
        and coalesce(rules.utm_campaign, '*') = '*'
        and coalesce(
            rules.payment,
            rules.source_category,
            rules.source_words,
            rules.medium_words,
            rules.campaign_words
        ) is null as is_last_resort,
        coalesce(lead_sources.is_paid, false) as is_paid
    from signatures
    inner join decisions on signatures.signature_key = decisions.signature_key
    inner join rules on decisions.rule_rank = rules.rule_rank
    left join lead_sources on rules.lead_source = lead_sources.lead_source

)

select * from final
