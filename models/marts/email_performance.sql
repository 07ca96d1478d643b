{{ config(enabled=delivered('mailings')) }}

-- What the mailing's system counts itself comes first; the rest is counted from its records. Where
-- a mailing shares its campaign, no touch says which of them it was: then that is null.
with

mailings as (

    select
        mailings.*,
        campaigns.campaign_durable_key,
        campaigns.platform
    from {{ ref('dim_mailings') }} as mailings
    inner join {{ ref('dim_campaigns') }} as campaigns
        on mailings.campaign_key = campaigns.campaign_key

),

touches as (

    select * from {{ ref('mailing_touches') }}

),

leads as (

    select * from {{ ref('fct_leads') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

credits as (

    select * from {{ ref('fct_attribution_credits') }}
    where
        attribution_model = 'linear'
        and conversion_type in ('customer', 'repeat_customer')

),

-- Whether the model is computed: what nobody computed is not nothing.
linear as (

    select count(*) as models from {{ ref('stg_ops__enabled_models') }}
    where attribution_model = 'linear'

),

engagement as (

    select
        mailings.mailing_key,
        engagement.engagement_type,
        case
            when engagement.person_key = 'unknown' then engagement.engagement_key
            else engagement.person_key
        end as somebody
    from {{ ref('fct_email_engagement') }} as engagement
    inner join {{ ref('dim_campaigns') }} as campaigns
        on engagement.campaign_key = campaigns.campaign_key
    inner join mailings
        on
            campaigns.campaign_durable_key = mailings.campaign_durable_key
            and engagement.source_system = mailings.source_system
    where mailings.has_own_campaign

),

recorded as (

    select
        mailing_key,
        count(*) as records,
        count(distinct case when engagement_type = 'sent' then somebody end) as sent,
        count(distinct case when engagement_type = 'bounce' then somebody end) as bounced,
        count(distinct case when engagement_type = 'unsubscribe' then somebody end)
            as unsubscribed
    from engagement
    group by mailing_key

),

reacted as (

    select
        mailing_key,
        count(distinct case when is_open then somebody end) as opened,
        count(distinct case when is_click and not is_scan then somebody end) as clicked,
        count(distinct case when is_click then somebody end) as clicked_or_scanned
    from touches
    group by mailing_key

),

originated as (

    select
        touches.mailing_key,
        count(*) as new_leads
    from leads
    inner join touches on leads.first_touchpoint_key = touches.touchpoint_key
    group by touches.mailing_key

),

touched as (

    select
        touches.mailing_key,
        leads.lead_key,
        leads.is_customer,
        {{ local_day('leads.customer_until', 'company.reporting_timezone') }} as customer_day,
        min(touches.occurred_on) as touched_on
    from touches
    cross join company
    inner join leads on touches.person_key = leads.person_key
    where
        not touches.is_open
        and not touches.is_scan
        and touches.person_key <> 'unknown'
    group by
        touches.mailing_key,
        leads.lead_key,
        leads.is_customer,
        {{ local_day('leads.customer_until', 'company.reporting_timezone') }}

),

touched_leads as (

    select
        mailing_key,
        count(*) as touched_leads,
        sum(case when is_customer and customer_day >= touched_on then 1 else 0 end) as customers
    from touched
    group by mailing_key

),

credited as (

    select
        touches.mailing_key,
        sum(credits.credited_value) as revenue
    from credits
    inner join touches on credits.touchpoint_key = touches.touchpoint_key
    group by touches.mailing_key

),

combined as (

    select
        mailings.mailing_key,
        mailings.mailing_id,
        mailings.source_system,
        mailings.campaign_key,
        mailings.campaign_durable_key,
        mailings.mailing_name,
        mailings.mailing_type,
        mailings.subject_line,
        mailings.list_name,
        mailings.sent_at,
        {{ local_day('mailings.sent_at', 'company.reporting_timezone') }} as sent_on,
        coalesce(
            mailings.stated_sent,
            nullif(recorded.sent, 0),
            mailings.stated_delivered + coalesce(mailings.stated_bounced, 0)
        ) as sent,
        mailings.stated_delivered,
        coalesce(
            mailings.stated_bounced,
            recorded.bounced,
            case
                when mailings.stated_delivered <= mailings.stated_sent
                    then mailings.stated_sent - mailings.stated_delivered
            end
        ) as bounced,
        coalesce(
            mailings.stated_opened,
            nullif(reacted.opened, 0),
            case when recorded.records > 0 then 0 end
        ) as opened,
        coalesce(
            mailings.stated_clicked,
            nullif(reacted.clicked, 0),
            case when recorded.records > 0 or reacted.clicked_or_scanned > 0 then 0 end
        ) as clicked,
        case
            when mailings.stated_clicked is null
                then
                    coalesce(
                        reacted.clicked_or_scanned - reacted.clicked,
                        case when recorded.records > 0 then 0 end
                    )
        end as scanned,
        coalesce(mailings.stated_unsubscribed, recorded.unsubscribed) as unsubscribed,
        case when mailings.has_own_campaign then coalesce(originated.new_leads, 0) end
            as new_leads,
        case when mailings.has_own_campaign then coalesce(touched_leads.touched_leads, 0) end
            as touched_leads,
        case when mailings.has_own_campaign then coalesce(touched_leads.customers, 0) end
            as customers,
        case
            when mailings.has_own_campaign and linear.models > 0
                then coalesce(credited.revenue, 0)
        end as revenue_credited
    from mailings
    cross join company
    cross join linear
    left join recorded on mailings.mailing_key = recorded.mailing_key
    left join reacted on mailings.mailing_key = reacted.mailing_key
    left join originated on mailings.mailing_key = originated.mailing_key
    left join touched_leads on mailings.mailing_key = touched_leads.mailing_key
    left join credited on mailings.mailing_key = credited.mailing_key

),

arrived as (

    select
        *,
        coalesce(stated_delivered, sent - coalesce(bounced, 0)) as delivered
    from combined

),

-- A system that counts every opening and click, and not who did it, has no rate of people.
judged as (

    select
        *,
        case when opened <= delivered then opened end as openers,
        case when clicked <= delivered then clicked end as clickers
    from arrived

),

final as (

    select
        mailing_key,
        mailing_id,
        source_system,
        campaign_key,
        campaign_durable_key,
        mailing_name,
        mailing_type,
        subject_line,
        list_name,
        sent_at,
        sent_on,
        cast(sent as bigint) as sent,
        cast(delivered as bigint) as delivered,
        cast(bounced as bigint) as bounced,
        cast(opened as bigint) as opened,
        {{ ratio('openers', 'delivered') }} as open_rate,
        case when openers >= 0 then {{ proportion_bound('openers', 'delivered', '-') }} end
            as open_rate_low,
        case when openers >= 0 then {{ proportion_bound('openers', 'delivered', '+') }} end
            as open_rate_high,
        cast(clicked as bigint) as clicked,
        cast(scanned as bigint) as scanned,
        {{ ratio('clickers', 'delivered') }} as click_rate,
        case when clickers >= 0 then {{ proportion_bound('clickers', 'delivered', '-') }} end
            as click_rate_low,
        case when clickers >= 0 then {{ proportion_bound('clickers', 'delivered', '+') }} end
            as click_rate_high,
        cast(unsubscribed as bigint) as unsubscribed,
        cast(new_leads as bigint) as new_leads,
        cast(touched_leads as bigint) as touched_leads,
        cast(customers as bigint) as customers,
        cast(revenue_credited as decimal(18, 6)) as revenue_credited
    from judged

)

select * from final
