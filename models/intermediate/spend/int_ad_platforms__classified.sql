with

ad_spend as (

    select * from {{ ref('int_ad_spend__completed') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__versioned') }}

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

signatures as (

    select
        {{ surrogate_key(['platform', 'campaign_type']) }} as signature_key,
        platform,
        {{ normalized_code('campaign_type') }} as campaign_type,
        campaign_type as stated_campaign_type
    from seen

),

matched as (
    {{ first_matching_rule('signatures', 'rules', ['platform', 'campaign_type']) }}
),

final as (

    select
        signatures.platform,
        signatures.stated_campaign_type as campaign_type,
        rules.rule_id,
        rules.lead_source,
        rules.lead_channel
    from signatures
    inner join matched on signatures.signature_key = matched.signature_key
    inner join rules on matched.rule_rank = rules.rule_rank

)

select * from final
