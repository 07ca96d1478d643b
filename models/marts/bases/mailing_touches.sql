{{ config(enabled=delivered('mailings')) }}

-- Touches of a mailing: those of its campaign, where that is no other mailing's and the touch came
-- by mail. Of clicks, those that open several links within seconds are a scanner's.
{%- set burst_micros = 10000000 %}

with

mailings as (

    select
        mailings.mailing_key,
        mailings.source_system,
        campaigns.campaign_durable_key,
        campaigns.platform
    from {{ ref('dim_mailings') }} as mailings
    inner join {{ ref('dim_campaigns') }} as campaigns
        on mailings.campaign_key = campaigns.campaign_key
    where mailings.has_own_campaign

),

touchpoints as (

    select
        touchpoints.touchpoint_key,
        touchpoints.person_key,
        touchpoints.touch_type,
        touchpoints.landing_page,
        touchpoints.occurred_at,
        touchpoints.occurred_on,
        touchpoints.ga4_channel_group = 'Email'
        or sources.source_category = 'email campaigns' as came_by_mail,
        campaigns.campaign_durable_key
    from {{ ref('fct_touchpoints') }} as touchpoints
    inner join {{ ref('dim_campaigns') }} as campaigns
        on touchpoints.campaign_key = campaigns.campaign_key
    inner join {{ ref('dim_lead_sources') }} as sources
        on touchpoints.lead_source_key = sources.lead_source_key

),

touches as (

    select
        mailings.mailing_key,
        touchpoints.touchpoint_key,
        touchpoints.touch_type,
        touchpoints.landing_page,
        touchpoints.person_key,
        -- Whoever nothing identifies is somebody.
        case
            when touchpoints.person_key = 'unknown' then touchpoints.touchpoint_key
            else touchpoints.person_key
        end as somebody,
        touchpoints.occurred_at,
        touchpoints.occurred_on,
        {{ epoch_micros('touchpoints.occurred_at') }} as occurred_micros
    from mailings
    inner join touchpoints on mailings.campaign_durable_key = touchpoints.campaign_durable_key
    where
        mailings.platform = mailings.source_system
        or touchpoints.touch_type in ('email_click', 'email_open')
        or touchpoints.came_by_mail

),

clicks as (

    select
        *,
        occurred_micros - lag(occurred_micros) over (
            partition by mailing_key, somebody order by occurred_micros, touchpoint_key
        ) as pause
    from touches
    where touch_type = 'email_click'

),

bursts as (

    select
        *,
        sum(case when pause <= {{ burst_micros }} then 0 else 1 end) over (
            partition by mailing_key, somebody
            order by occurred_micros, touchpoint_key
            rows between unbounded preceding and current row
        ) as burst
    from clicks

),

scans as (

    select
        mailing_key,
        somebody,
        burst
    from bursts
    group by mailing_key, somebody, burst
    having min(landing_page) <> max(landing_page)

),

scanned as (

    select bursts.touchpoint_key
    from bursts
    inner join scans
        on
            bursts.mailing_key = scans.mailing_key
            and bursts.somebody = scans.somebody
            and bursts.burst = scans.burst

),

with_clicks as (

    select mailing_key
    from clicks
    group by mailing_key

),

final as (

    select
        touches.mailing_key,
        touches.touchpoint_key,
        touches.person_key,
        touches.somebody,
        coalesce(touches.landing_page, 'unknown') as link,
        touches.occurred_on,
        touches.touch_type = 'email_open' as is_open,
        -- Where nobody recorded clicks, the visits that followed them show who clicked.
        touches.touch_type = 'email_click'
        or (with_clicks.mailing_key is null and touches.touch_type = 'visit') as is_click,
        scanned.touchpoint_key is not null as is_scan
    from touches
    left join scanned on touches.touchpoint_key = scanned.touchpoint_key
    left join with_clicks on touches.mailing_key = with_clicks.mailing_key

)

select * from final
