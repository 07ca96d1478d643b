-- What the tags alone would say of a touch, without its click id, referrer or type.
with

signed as (

    select
        ga4_source,
        ga4_medium,
        utm_campaign,
        min(source_category) as source_category
    from {{ ref('int_touchpoints__signed') }}
    where ga4_source is not null or ga4_medium is not null
    group by ga4_source, ga4_medium, utm_campaign

),

signatures as (

    select
        {{ surrogate_key(['ga4_source', 'ga4_medium', 'utm_campaign']) }} as signature_key,
        ga4_source as utm_source,
        ga4_medium as utm_medium,
        utm_campaign,
        source_category
    from signed

),

rules as (

    select * from {{ ref('int_classification_rules__ranked') }}
    where
        coalesce(
            touch_type, click_id_type, platform, campaign_type, referrer_category
        ) is null

),

decisions as (

    {{ first_matching_rule('signatures', 'rules', [
        'source_category', 'utm_source', 'utm_medium', 'utm_campaign',
    ]) | indent(4) }}

),

lead_sources as (

    select * from {{ ref('lead_sources') }}

),

final as (

    select
        signatures.utm_source,
        signatures.utm_medium,
        signatures.utm_campaign,
        rules.rule_id,
        -- The last resorts look at no value, only at whether there is one.
        coalesce(rules.utm_source, '*') = '*'
        and coalesce(rules.utm_medium, '*') = '*'
        and rules.utm_campaign is null
        and rules.source_category is null as is_last_resort,
        coalesce(lead_sources.is_paid, false) as is_paid
    from signatures
    inner join decisions on signatures.signature_key = decisions.signature_key
    inner join rules on decisions.rule_rank = rules.rule_rank
    left join lead_sources on rules.lead_source = lead_sources.lead_source

)

select * from final
