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

click_findings as (

    select
        issue,
        click_id_type
    from clicks
    group by issue, click_id_type

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

),

occurrences as {{ materialized() }} (

    select
        findings.issue,
        findings.field,
        findings.value,
        touchpoints.touchpoint_key,
        occurred.person_key,
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

        ---------- dates
        volumes.first_seen_on,
        volumes.last_seen_on
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

)

select * from final
