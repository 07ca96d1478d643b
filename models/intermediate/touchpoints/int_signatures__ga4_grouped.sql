-- What GA4 would have seen: tags as they are; for an untagged Google Ads click or dclid, the click
-- id; for an untagged referrer, its category with the medium GA4 gives it; nothing: (direct).
-- Touches that leave no trace on a website have neither source nor medium: Unassigned.
with

evidence as (

    select
        signature_key,
        touch_type,
        click_id_type,
        campaign_type,
        ga4_source,
        ga4_medium,
        ga4_campaign as utm_campaign,
        ga4_source_category,
        referrer_category
    from {{ ref('int_touchpoints__signed') }}
    group by
        signature_key,
        touch_type,
        click_id_type,
        campaign_type,
        ga4_source,
        ga4_medium,
        ga4_campaign,
        ga4_source_category,
        referrer_category

),

touch_types as (

    select * from {{ ref('touch_types') }}

),

rules as (

    select
        *,
        row_number() over (order by priority) as rule_rank
    from {{ ref('ga4_channel_rules') }}

),

described as (

    select
        evidence.*,
        coalesce(touch_types.touch_class, 'click') in ('click', 'view') as is_on_website,
        coalesce(evidence.ga4_source, evidence.ga4_medium, evidence.utm_campaign) is not null
            as is_tagged,
        coalesce(evidence.click_id_type in ('gclid', 'gbraid', 'wbraid', 'dclid'), false)
            as is_google_click
    from evidence
    left join touch_types on evidence.touch_type = touch_types.touch_type

),

signatures as (

    select
        signature_key,
        click_id_type,
        campaign_type,
        case
            when is_tagged then ga4_source_category
            when is_on_website then referrer_category
        end as source_category,
        case
            when is_tagged then ga4_source
            when not is_on_website or is_google_click then null
            when touch_type in ('sms', 'push') then null
            when referrer_category is null then '(direct)'
        end as source,
        case
            when is_tagged then coalesce(ga4_medium, '(not set)')
            when touch_type in ('email_click', 'email_open') then 'email'
            when touch_type in ('sms', 'push') then touch_type
            when not is_on_website or is_google_click then null
            when referrer_category = 'search' then 'organic'
            when referrer_category is not null then 'referral'
            else '(none)'
        end as medium,
        utm_campaign as campaign,
        -- GA4: ^(.*(([^a-df-z]|^)shop|shopping).*)$
        case
            when {{ regex_match('utm_campaign', "'([^a-df-z]|^)shop|shopping'") }} then 'shop'
        end as campaign_words
    from described

),

decisions as (

    {{ first_matching_rule('signatures', 'rules', [
        'click_id_type', 'campaign_type', 'source_category', 'source', 'medium', 'campaign',
        'campaign_words',
    ]) | indent(4) }}

),

final as (

    select
        decisions.signature_key,
        rules.ga4_channel_group
    from decisions
    inner join rules on decisions.rule_rank = rules.rule_rank

)

select * from final
