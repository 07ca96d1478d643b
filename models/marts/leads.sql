-- What people group leads by, in words. Page, keyword and network are those of the touch that is
-- the origin.
with

leads as (

    select * from {{ ref('fct_leads') }}

),

outcomes as (

    select * from {{ ref('lead_outcomes') }}
    where lead_key <> 'unknown'

),

maturity as (

    select * from {{ ref('cohort_maturity') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

current_campaigns as (

    select
        versions.campaign_key,
        newest.platform,
        newest.campaign_name
    from {{ ref('dim_campaigns') }} as versions
    inner join {{ ref('dim_campaigns') }} as newest
        on versions.campaign_durable_key = newest.campaign_durable_key and newest.is_current

),

origins as (

    select
        touchpoints.touchpoint_key,
        touchpoints.landing_page,
        touchpoints.referrer_host,
        touchpoints.keyword,
        touchpoints.content
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join leads on touchpoints.touchpoint_key = leads.first_touchpoint_key
    group by
        touchpoints.touchpoint_key,
        touchpoints.landing_page,
        touchpoints.referrer_host,
        touchpoints.keyword,
        touchpoints.content

),

hosts as (

    select
        referrer_host,
        {{ any_top_level_domain('referrer_host') }} as any_host
    from origins
    where referrer_host is not null
    group by referrer_host

),

sites as (

    select
        domain,
        name
    from {{ ref('referrer_domains') }}
    where name is not null

),

-- A host is the site whose domain it is or lies below; of several, the closest.
located as (

    select
        hosts.referrer_host,
        sites.name,
        row_number() over (
            partition by hosts.referrer_host order by length(sites.domain) desc, sites.domain
        ) as position
    from hosts
    inner join sites
        on
            hosts.referrer_host = sites.domain
            or hosts.any_host = sites.domain
            or hosts.referrer_host like '%.' || sites.domain
            or hosts.any_host like '%.' || sites.domain

),

final as (

    select
        ---------- ids
        leads.lead_key,
        leads.lead_id,
        leads.source_system,

        ---------- dates
        leads.created_on,
        outcomes.month,
        leads.mql_on,
        leads.sql_on,
        leads.opportunity_on,
        leads.customer_on,

        ---------- where it comes from
        {{ lead_source_columns() | indent(8) }},
        leads.source_basis,
        origin_campaigns.platform as source_platform,
        origin_campaigns.campaign_name as source_campaign_name,
        located.name as network,
        origins.referrer_host,
        coalesce(origins.landing_page, leads.landing_page) as landing_page,
        origins.keyword,
        origins.content,

        ---------- what made it act
        {{ lead_channel_columns() | indent(8) }},
        leads.channel_basis,
        acting_campaigns.platform as channel_platform,
        acting_campaigns.campaign_name as channel_campaign_name,

        ---------- its campaign and who it is
        campaigns.platform,
        campaigns.campaign_name,
        outcomes.segment,
        outcomes.country,
        leads.referred_by is not null as is_referred,
        leads.quality as lead_quality,
        leads.quality_reason,

        ---------- what became of it
        leads.mql_at is not null as is_mql,
        leads.sql_at is not null as is_sql,
        leads.opportunity_at is not null as is_opportunity,
        leads.is_customer,
        {% for stage in ['mql', 'sql', 'opportunity', 'customer'] -%}
        {{ published_double(
            '(' ~ epoch_micros('leads.' ~ stage ~ '_at') ~ ' - '
            ~ epoch_micros('leads.created_at') ~ ') / cast('
            ~ micros_of_a_day() ~ ' as double)'
        ) }} as days_to_{{ stage }},
        {% endfor -%}
        leads.tracked_touches,
        cast(outcomes.deals as bigint) as deals,
        cast(outcomes.pipeline_open as decimal(18, 6)) as pipeline_open,
        leads.revenue,
        maturity.maturity,
        maturity.is_mature
    from leads
    inner join outcomes on leads.lead_key = outcomes.lead_key
    left join maturity on outcomes.month = maturity.month
    left join lead_sources on leads.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on leads.lead_channel_key = lead_channels.lead_channel_key
    left join current_campaigns as campaigns on leads.campaign_key = campaigns.campaign_key
    left join current_campaigns as origin_campaigns
        on leads.source_campaign_key = origin_campaigns.campaign_key
    left join current_campaigns as acting_campaigns
        on leads.channel_campaign_key = acting_campaigns.campaign_key
    left join origins on leads.first_touchpoint_key = origins.touchpoint_key
    left join located
        on origins.referrer_host = located.referrer_host and located.position = 1

)

select * from final
