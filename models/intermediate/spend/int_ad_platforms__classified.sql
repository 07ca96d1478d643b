with

ad_spend as (

    select * from {{ ref('int_ad_spend__completed') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__versioned') }}

),

words as (

    select * from {{ ref('int_tag_words__read') }}

),

rules as (

    select
        *,
        row_number() over (order by priority, rule_id) as rule_rank
    from {{ ref('ad_platform_rules') }}

),

-- '' where the money has no campaign, or a campaign without a type.
seen as (

    select
        platform,
        coalesce(campaign_type, '') as campaign_type
    from ad_spend
    union
    select
        platform,
        coalesce(campaign_type, '') as campaign_type
    from campaigns
    union
    select
        platform,
        '' as campaign_type
    from ad_spend

),

-- '' for money without a campaign, and for a name whose words mean nothing to us.
called as (

    select
        campaigns.platform,
        words.words as campaign_words
    from campaigns
    inner join words on lower(trim(campaigns.campaign_name)) = words.tag
    union
    select
        platform,
        '' as campaign_words
    from seen

),

signatures as (

    select
        {{ surrogate_key(['seen.platform', 'seen.campaign_type', 'called.campaign_words']) }}
            as signature_key,
        seen.platform,
        {{ normalized_code('seen.campaign_type') }} as campaign_type,
        called.campaign_words,
        seen.campaign_type as stated_campaign_type
    from seen
    inner join called on seen.platform = called.platform

),

matched as (
    {{ first_matching_rule(
        'signatures', 'rules', ['platform', 'campaign_type'], many=['campaign_words']
    ) | indent(4) }}
),

final as (

    select
        signatures.platform,
        signatures.stated_campaign_type as campaign_type,
        signatures.campaign_words,
        rules.rule_id,
        rules.lead_source,
        rules.lead_channel
    from signatures
    inner join matched on signatures.signature_key = matched.signature_key
    inner join rules on matched.rule_rank = rules.rule_rank

)

select * from final
