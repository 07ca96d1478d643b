{{ config(enabled=delivered('mailings')) }}

with

touches as (

    select * from {{ ref('mailing_touches') }}
    where not is_open

),

mailings as (

    select * from {{ ref('dim_mailings') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

leads as (

    select
        leads.person_key,
        min({{ local_day('leads.created_until', 'company.reporting_timezone') }}) as lead_day
    from {{ ref('fct_leads') }} as leads
    cross join company
    where leads.person_key <> 'unknown'
    group by leads.person_key

),

credits as (

    select
        touchpoint_key,
        sum(credited_value) as revenue
    from {{ ref('fct_attribution_credits') }}
    where
        attribution_model = 'linear'
        and conversion_type in ('customer', 'repeat_customer')
    group by touchpoint_key

),

-- Whether the model is computed: what nobody computed is not nothing.
linear as (

    select count(*) as models from {{ ref('stg_ops__enabled_models') }}
    where attribution_model = 'linear'

),

-- A form or visit that a click led to is no link, unless it is what earned the credit.
shown as (

    select
        touches.mailing_key,
        touches.link,
        touches.somebody,
        touches.is_click,
        touches.is_scan,
        leads.person_key is not null as is_lead,
        coalesce(leads.lead_day >= touches.occurred_on, false) as becomes_lead,
        coalesce(credits.revenue, 0) as revenue
    from touches
    left join credits on touches.touchpoint_key = credits.touchpoint_key
    left join leads on touches.person_key = leads.person_key
    where touches.is_click or credits.touchpoint_key is not null

),

counted as (

    select
        mailing_key,
        link,
        sum(case when is_click and not is_scan then 1 else 0 end) as clicks,
        count(distinct case when is_click and not is_scan then somebody end) as clicked,
        count(distinct case when is_scan then somebody end) as scanned,
        count(distinct case when is_click and not is_scan and is_lead then somebody end)
            as touched_leads,
        count(distinct case when is_click and not is_scan and becomes_lead then somebody end)
            as leads,
        sum(revenue) as revenue
    from shown
    group by mailing_key, link

),

final as (

    select
        {{ surrogate_key(['counted.mailing_key', 'counted.link']) }} as email_link_key,
        counted.mailing_key,
        mailings.mailing_name,
        mailings.subject_line,
        mailings.sent_at,
        {{ local_day('mailings.sent_at', 'company.reporting_timezone') }} as sent_on,
        counted.link as url,
        cast(counted.clicks as bigint) as clicks,
        cast(counted.clicked as bigint) as clicked,
        cast(counted.scanned as bigint) as scanned,
        cast(counted.touched_leads as bigint) as touched_leads,
        cast(counted.leads as bigint) as leads_after,
        cast(
            case when linear.models > 0 then counted.revenue end as decimal(18, 6)
        ) as revenue_credited
    from counted
    cross join company
    cross join linear
    inner join mailings on counted.mailing_key = mailings.mailing_key

)

select * from final
