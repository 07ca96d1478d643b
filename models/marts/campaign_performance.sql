-- Five kinds of figures of a campaign, each summed by itself before they meet, so that none
-- multiplies another. A lead counts once for the campaign of its origin and once for the one that
-- made it act.
with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

),

money_spent as (

    select * from {{ ref('money_spent') }}

),

maturity as (

    select * from {{ ref('cohort_maturity') }}

),

email_engagement as (

    select * from {{ ref('fct_email_engagement') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

current_campaigns as (

    select * from campaigns
    where is_current

),

outcomes as (

    select
        lead_outcomes.month,
        campaigns.campaign_durable_key,
        {{ outcome_sums() | indent(8) }}
    from lead_outcomes
    inner join campaigns on lead_outcomes.campaign_key = campaigns.campaign_key
    group by lead_outcomes.month, campaigns.campaign_durable_key

),

originated as (

    select
        lead_outcomes.month,
        campaigns.campaign_durable_key,
        sum(lead_outcomes.leads) as leads
    from lead_outcomes
    inner join campaigns on lead_outcomes.source_campaign_key = campaigns.campaign_key
    group by lead_outcomes.month, campaigns.campaign_durable_key

),

triggered as (

    select
        lead_outcomes.month,
        campaigns.campaign_durable_key,
        sum(lead_outcomes.leads) as leads
    from lead_outcomes
    inner join campaigns on lead_outcomes.channel_campaign_key = campaigns.campaign_key
    group by lead_outcomes.month, campaigns.campaign_durable_key

),

spending as (

    select
        money_spent.month,
        campaigns.campaign_durable_key,
        sum(money_spent.ad_spend) as ad_spend,
        sum(money_spent.other_costs) as other_costs,
        sum(money_spent.impressions) as impressions,
        sum(money_spent.clicks) as clicks,
        sum(money_spent.platform_conversions) as platform_conversions
    from money_spent
    inner join campaigns on money_spent.campaign_key = campaigns.campaign_key
    group by money_spent.month, campaigns.campaign_durable_key

),

mailing as (

    select
        {{ month_of_moment('email_engagement.occurred_at', 'company.reporting_timezone') }}
            as month,
        campaigns.campaign_durable_key,
        sum(case when email_engagement.engagement_type = 'sent' then 1 else 0 end) as emails_sent,
        sum(case when email_engagement.engagement_type = 'open' then 1 else 0 end)
            as unique_email_opens,
        sum(case when email_engagement.engagement_type = 'click' then 1 else 0 end)
            as unique_email_clicks
    from email_engagement
    cross join company
    inner join campaigns on email_engagement.campaign_key = campaigns.campaign_key
    where email_engagement.is_first and email_engagement.occurred_at is not null
    group by
        {{ month_of_moment('email_engagement.occurred_at', 'company.reporting_timezone') }},
        campaigns.campaign_durable_key

),

members as (

    select
        month,
        campaign_durable_key
    from outcomes
    union
    select
        month,
        campaign_durable_key
    from originated
    union
    select
        month,
        campaign_durable_key
    from triggered
    union
    select
        month,
        campaign_durable_key
    from spending
    union
    select
        month,
        campaign_durable_key
    from mailing

),

combined as (

    select
        members.month,
        members.campaign_durable_key,
        coalesce(spending.impressions, 0) as impressions,
        coalesce(spending.clicks, 0) as clicks,
        coalesce(spending.platform_conversions, 0) as platform_conversions,
        coalesce(mailing.emails_sent, 0) as emails_sent,
        coalesce(mailing.unique_email_opens, 0) as unique_email_opens,
        coalesce(mailing.unique_email_clicks, 0) as unique_email_clicks,
        coalesce(originated.leads, 0) as leads_originated,
        coalesce(triggered.leads, 0) as leads_triggered,
        {{ outcomes_or_zero() | indent(8) }}
    from members
    left join outcomes
        on
            members.month = outcomes.month
            and members.campaign_durable_key = outcomes.campaign_durable_key
    left join originated
        on
            members.month = originated.month
            and members.campaign_durable_key = originated.campaign_durable_key
    left join triggered
        on
            members.month = triggered.month
            and members.campaign_durable_key = triggered.campaign_durable_key
    left join spending
        on
            members.month = spending.month
            and members.campaign_durable_key = spending.campaign_durable_key
    left join mailing
        on
            members.month = mailing.month
            and members.campaign_durable_key = mailing.campaign_durable_key

),

final as (

    select
        combined.month,
        current_campaigns.campaign_key,
        combined.campaign_durable_key,
        current_campaigns.platform,
        current_campaigns.account_id,
        current_campaigns.campaign_id,
        current_campaigns.campaign_name,
        current_campaigns.campaign_type,
        cast(combined.impressions as decimal(18, 6)) as impressions,
        cast(combined.clicks as decimal(18, 6)) as clicks,
        cast(combined.platform_conversions as decimal(18, 6)) as platform_conversions,
        cast(combined.emails_sent as bigint) as emails_sent,
        cast(combined.unique_email_opens as bigint) as unique_email_opens,
        cast(combined.unique_email_clicks as bigint) as unique_email_clicks,
        cast(combined.leads_originated as bigint) as leads_originated,
        cast(combined.leads_triggered as bigint) as leads_triggered,
        {{ outcome_measures() | indent(8) }},
        {{ money_measures() | indent(8) }}
    from combined
    left join maturity on combined.month = maturity.month
    inner join current_campaigns
        on combined.campaign_durable_key = current_campaigns.campaign_durable_key

)

select * from final
