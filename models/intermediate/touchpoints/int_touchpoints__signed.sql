{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='touchpoint_key',
    pre_hook="{{ delete_vanished_touchpoints('int_touchpoints__prepared') }}"
) }}

-- The evidence of a touch, reduced to what rules look at. Touches outnumber signatures by far: free
-- text is here only as the alternatives of rules that it meets.
-- It is kept from run to run: what decides it is the touch, what its campaign is called, and what
-- the company says of domains, brands and rules.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__matched') }}

),

said as (

    select {{ row_fingerprint(["'own'", 'domain']) }} as fingerprint
    from {{ ref('stg_ops__company_domains') }}
    union all
    select {{ row_fingerprint(["'unwanted'", 'domain']) }} as fingerprint
    from {{ ref('stg_ops__unwanted_referrers') }}
    union all
    select {{ row_fingerprint(["'brand'", 'like_pattern']) }} as fingerprint
    from {{ ref('stg_ops__brand_terms') }}
    union all
    select {{ row_fingerprint(["'rule'", 'dimension', 'alternative']) }} as fingerprint
    from {{ ref('int_rule_alternatives__split') }}

),

company as (

    select {{ rows_fingerprint('fingerprint') }} as fingerprint
    from said

),

decided as (

    select
        touchpoints.*,
        campaigns.platform as matched_platform,
        campaigns.campaign_type as matched_campaign_type,
        lower(trim(campaigns.campaign_name)) as matched_campaign_name,
        {{ row_fingerprint([
            'touchpoints.fingerprint', 'campaigns.platform', 'campaigns.campaign_type',
            'campaigns.campaign_name', 'company.fingerprint',
        ]) }} as evidence_fingerprint
    from touchpoints
    cross join company
    left join campaigns
        on
            touchpoints.source_system = campaigns.source_system
            and touchpoints.touchpoint_id = campaigns.touchpoint_id

),

changed as (

    select decided.*
    from decided
    {% if is_incremental() %}
        left join {{ this }} as kept
            on
                decided.source_system = kept.source_system
                and decided.touchpoint_id = kept.touchpoint_id
                and decided.evidence_fingerprint = kept.fingerprint
        where kept.fingerprint is null
    {% endif %}

),

locations as (

    select * from {{ ref('int_locations__categorized') }}

),

search_terms as (

    select * from {{ ref('int_search_terms__extracted') }}

),

words as (

    select * from {{ ref('int_tag_words__read') }}

),

met as (

    select * from {{ ref('int_evidence__met') }}

),

hosts_met as (

    select
        value,
        alternatives
    from met
    where dimension = 'referrer_host'

),

keywords_met as (

    select
        value,
        alternatives
    from met
    where dimension = 'keyword'

),

contents_met as (

    select
        value,
        alternatives
    from met
    where dimension = 'content'

),

brands_met as (

    select
        value,
        alternatives
    from met
    where dimension = 'brand'

),

brand_terms as (

    select count(*) as terms from {{ ref('stg_ops__brand_terms') }}

),

described as (

    select
        changed.*,
        lower(trim(changed.utm_source)) as tagged_source,
        -- A host is a name and has no words, also where a campaign is called like it.
        case
            when changed.utm_source not like '%.%' then lower(trim(changed.utm_source))
        end as worded_source,
        lower(trim(changed.utm_medium)) as tagged_medium,
        lower(trim(changed.utm_campaign)) as tagged_campaign,
        {{ says_something('changed.utm_source') }} as says_source,
        {{ says_something('changed.utm_medium') }} as says_medium,
        {{ says_something('changed.utm_campaign') }} as says_campaign,
        coalesce(changed.keyword, search_terms.keyword) as known_keyword,
        search_terms.keyword as searched
    from changed
    left join search_terms on changed.referrer = search_terms.referrer

),

evidence as (

    select
        described.touchpoint_key,
        described.source_system,
        described.touchpoint_id,
        described.evidence_fingerprint as fingerprint,
        described.touch_type,
        described.click_id_type,
        coalesce(
            lower(described.campaign_platform), described.matched_platform
        ) as platform,
        {{ normalized_code('described.matched_campaign_type') }} as campaign_type,
        described.tagged_source as ga4_source,
        described.tagged_medium as ga4_medium,
        described.tagged_campaign as ga4_campaign,
        case when described.says_source then described.tagged_source end as utm_source,
        case when described.says_medium then described.tagged_medium end as utm_medium,
        case when described.says_campaign then described.tagged_campaign end as utm_campaign,
        case when described.says_source then sources.category end as source_category,
        sources.ga4_category as ga4_source_category,
        source_words.words as source_words,
        medium_words.words as medium_words,
        -- A medium that denies it, or says how the message came, is believed before the source.
        case
            when described.touch_type like 'ad!_%' escape '!' then 'paid'
            when coalesce(medium_words.has_paid, false) and not medium_words.has_unpaid then 'paid'
            when
                coalesce(source_words.has_paid, false)
                and not source_words.has_unpaid
                and not coalesce(medium_words.has_unpaid, false)
                and not coalesce(medium_words.has_message, false)
                then 'paid'
        end as payment,
        coalesce(campaign_words.words, '') || '&' || coalesce(name_words.words, '')
            as campaign_words,
        -- What nothing else is known of is evidence, too: a campaign, a tag, a click id.
        coalesce(described.trace, '')
        || case
            when
                {{ says_something('described.campaign_id') }}
                or {{ says_something('described.campaign_name') }}
                then '&campaign'
            else ''
        end
        || case
            when
                {{ says_something('described.utm_term') }}
                or {{ says_something('described.utm_content') }}
                then '&tag'
            else ''
        end
        || case when described.click_id is not null then '&click' else '' end as trace,
        -- A portal is a search engine only where it says what was searched for. An address of
        -- digits names a machine, not a site.
        case
            when referrers.category in ('own', 'unwanted', 'payment_sso', 'tool') then null
            when referrers.category = 'portal' and described.searched is not null then 'search'
            when referrers.category = 'portal' then 'other'
            when referrers.category is not null then referrers.category
            when {{ regex_match('described.referrer_host', "'^[0-9.]+$'") }} then null
            when described.referrer_host like '_%.%_' then 'other'
        end as referrer_category,
        hosts_met.alternatives as referrer_host,
        described.landing_parameter,
        keywords_met.alternatives as keyword,
        case
            when described.known_keyword is null or brand_terms.terms = 0 then null
            when brands_met.alternatives is not null then 'brand'
            else 'generic'
        end as keyword_kind,
        contents_met.alternatives as content
    from described
    cross join brand_terms
    left join locations as sources on described.tagged_source = sources.location
    left join locations as referrers on described.referrer_location = referrers.location
    left join words as source_words on described.worded_source = source_words.tag
    left join words as medium_words on described.tagged_medium = medium_words.tag
    left join words as campaign_words on described.tagged_campaign = campaign_words.tag
    left join words as name_words on described.matched_campaign_name = name_words.tag
    left join hosts_met on described.referrer_host = hosts_met.value
    left join keywords_met on described.known_keyword = keywords_met.value
    left join contents_met on described.content = contents_met.value
    left join brands_met on described.known_keyword = brands_met.value

),

final as (

    select
        touchpoint_key,
        {{ surrogate_key([
            'touch_type', 'click_id_type', 'platform', 'campaign_type', 'ga4_source', 'ga4_medium',
            'ga4_campaign', 'campaign_words', 'trace', 'referrer_category', 'referrer_host',
            'landing_parameter', 'keyword', 'keyword_kind', 'content',
        ]) }} as signature_key,
        touch_type,
        click_id_type,
        platform,
        campaign_type,
        ga4_source,
        ga4_medium,
        ga4_campaign,
        ga4_source_category,
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
        source_system,
        touchpoint_id,
        fingerprint
    from evidence

)

select * from final
