with

judged as (

    select * from {{ ref('int_tags__judged') }}

),

clicks as (

    select * from {{ ref('int_clicks__compared') }}

),

click_id_types as (

    select * from {{ ref('click_id_types') }}

),

paid_words as (

    select * from {{ ref('int_paid_words__compared') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

ad_spend as (

    select * from {{ ref('fct_ad_spend') }}

),

occurred as (

    select * from {{ ref('int_tags__occurred') }}

),

touchpoints as (

    select touchpoint_key from {{ ref('fct_touchpoints') }}

),

leads as (

    select
        person_key,
        count(*) as leads
    from {{ ref('fct_leads') }}
    where person_key <> 'unknown'
    group by person_key

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

issues as (

    select * from {{ ref('utm_audit_issues') }}

),

word_findings as (

    select
        field,
        value
    from paid_words
    group by field, value

),

click_findings as (

    select
        issue,
        click_id_type
    from clicks
    group by issue, click_id_type

),

-- Platforms whose money has no lead source: no rule knows them, and no file states one.
platforms as (

    select
        platform,
        sum(clicks) as clicks,
        sum(spend) as spend,
        min(date_day) as first_seen_on,
        max(date_day) as last_seen_on
    from ad_spend
    where lead_source_key = 'unknown'
    group by platform

),

findings as (

    select
        issue,
        field,
        value,
        suggested_value,
        field as seen_field
    from judged
    union all
    select
        click_findings.issue,
        'click_id_type' as field,
        click_findings.click_id_type as value,
        click_id_types.utm_medium as suggested_value,
        'click_id_type:' || click_findings.issue as seen_field
    from click_findings
    inner join click_id_types on click_findings.click_id_type = click_id_types.click_id_type
    union all
    select
        'paid_word_unpaid' as issue,
        field,
        value,
        cast(null as {{ dbt.type_string() }}) as suggested_value,
        'paid_word_unpaid:' || field as seen_field
    from word_findings
    union all
    select
        'unmatched' as issue,
        'platform' as field,
        platform as value,
        cast(null as {{ dbt.type_string() }}) as suggested_value,
        'platform' as seen_field
    from platforms

),

occurrences as {{ materialized() }} (

    select
        findings.issue,
        findings.field,
        findings.value,
        touchpoints.touchpoint_key,
        occurred.person_key,
        occurred.campaign_key,
        {{ local_day('occurred.occurred_at', 'company.reporting_timezone') }} as date_day
    from findings
    inner join occurred
        on findings.seen_field = occurred.field and findings.value = occurred.value
    left join touchpoints on occurred.touchpoint_key = touchpoints.touchpoint_key
    cross join company

),

volumes as (

    select
        issue,
        field,
        value,
        count(touchpoint_key) as touches,
        min(date_day) as first_seen_on,
        max(date_day) as last_seen_on
    from occurrences
    group by issue, field, value

),

-- What may be counted as free: the campaigns that these touches name, over the same days.
campaigns_at_risk as (

    select
        occurrences.issue,
        occurrences.field,
        occurrences.value,
        campaigns.campaign_durable_key,
        min(occurrences.date_day) as first_day,
        max(occurrences.date_day) as last_day
    from occurrences
    inner join campaigns on occurrences.campaign_key = campaigns.campaign_key
    where
        occurrences.issue in ('untagged_paid', 'paid_tagged_unpaid', 'paid_word_unpaid')
        and occurrences.campaign_key <> 'unknown'
    group by
        occurrences.issue, occurrences.field, occurrences.value, campaigns.campaign_durable_key

),

campaign_days as (

    select
        campaigns.campaign_durable_key,
        ad_spend.date_day,
        sum(ad_spend.clicks) as clicks,
        sum(ad_spend.spend) as spend
    from ad_spend
    inner join campaigns on ad_spend.campaign_key = campaigns.campaign_key
    group by campaigns.campaign_durable_key, ad_spend.date_day

),

at_risk as (

    select
        campaigns_at_risk.issue,
        campaigns_at_risk.field,
        campaigns_at_risk.value,
        sum(campaign_days.clicks) as clicks,
        sum(campaign_days.spend) as spend
    from campaigns_at_risk
    inner join campaign_days
        on
            campaigns_at_risk.campaign_durable_key = campaign_days.campaign_durable_key
            and campaign_days.date_day between campaigns_at_risk.first_day
            and campaigns_at_risk.last_day
    group by campaigns_at_risk.issue, campaigns_at_risk.field, campaigns_at_risk.value

),

people as (

    select
        issue,
        field,
        value,
        person_key
    from occurrences
    group by issue, field, value, person_key

),

lead_volumes as (

    select
        people.issue,
        people.field,
        people.value,
        sum(leads.leads) as leads
    from people
    inner join leads on people.person_key = leads.person_key
    group by people.issue, people.field, people.value

),

final as (

    select
        ---------- strings
        findings.issue,
        findings.field,
        findings.value,
        findings.suggested_value,
        replace(
            issues.suggested_fix, '{suggestion}', coalesce(findings.suggested_value, '')
        ) as suggested_fix,

        ---------- numerics
        cast(coalesce(volumes.touches, 0) as bigint) as touches,
        cast(coalesce(lead_volumes.leads, 0) as bigint) as leads,
        cast(coalesce(at_risk.clicks, platforms.clicks, 0) as bigint) as clicks_at_risk,
        cast(coalesce(at_risk.spend, platforms.spend, 0) as decimal(18, 6)) as spend_at_risk,

        ---------- dates
        coalesce(volumes.first_seen_on, platforms.first_seen_on) as first_seen_on,
        coalesce(volumes.last_seen_on, platforms.last_seen_on) as last_seen_on
    from findings
    inner join issues on findings.issue = issues.issue and findings.field = issues.field
    left join volumes
        on
            findings.issue = volumes.issue
            and findings.field = volumes.field
            and findings.value = volumes.value
    left join lead_volumes
        on
            findings.issue = lead_volumes.issue
            and findings.field = lead_volumes.field
            and findings.value = lead_volumes.value
    left join at_risk
        on
            findings.issue = at_risk.issue
            and findings.field = at_risk.field
            and findings.value = at_risk.value
    left join platforms
        on findings.field = 'platform' and findings.value = platforms.platform

)

select * from final
