{{ config(enabled=delivered('ad_spend') or delivered('costs')) }}

with

estimates as (

    select * from {{ ref('budget_estimates') }}

),

totals as (

    select
        dimension,
        member_key,
        sum(spend) as spend
    from {{ ref('budget_weeks') }}
    group by dimension, member_key

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

current_campaigns as (

    select * from {{ ref('dim_campaigns') }}
    where is_current

),

final as (

    select
        estimates.dimension,
        estimates.member_key,
        coalesce(
            lead_sources.lead_source, lead_channels.lead_channel, current_campaigns.campaign_id
        ) as member,
        coalesce(
            lead_sources.name_en, lead_channels.name_en, current_campaigns.campaign_name
        ) as member_name,
        coalesce(
            lead_sources.name_sv, lead_channels.name_sv, current_campaigns.campaign_name
        ) as member_name_sv,
        current_campaigns.platform,
        cast(estimates.period_start as date) as period_start,
        cast({{ dbt.dateadd('day', 6, 'estimates.last_week') }} as date) as period_end,
        cast(estimates.weeks as bigint) as weeks_used,
        cast(totals.spend as decimal(18, 6)) as spend,
        cast(estimates.value as decimal(18, 6)) as corrected_value,
        cast(estimates.average as double) as return_on_spend,
        cast(estimates.average_low as double) as return_on_spend_low,
        cast(estimates.average_high as double) as return_on_spend_high,
        cast(estimates.marginal as double) as marginal_return,
        cast(estimates.marginal_low as double) as marginal_return_low,
        cast(estimates.marginal_high as double) as marginal_return_high,
        estimates.advice,
        estimates.reason as reason_code,
        case estimates.reason
            when 'immature'
                then
                    'Too much of what it brings is still '
                    || 'to come, or too few customers say how much.'
            when 'too_short' then 'Fewer than 26 weeks have spend.'
            when 'no_spend' then 'The weeks that count have no spend.'
            when 'too_few' then 'Too few leads or customers to tell.'
            when 'never_varied'
                then 'Spend hardly ever varied, so nothing shows what more or less would do.'
            when 'no_response' then 'Leads did not visibly move when spend moved.'
            when 'interval_crosses'
                then 'The return on the next unit of money may be above or below what it costs.'
            when 'brings_next_to_nothing'
                then
                    'Even the upper end of what it brings '
                    || 'is less than a quarter of what it costs.'
            when 'next_brings_more' then 'The next unit of money brings more than it costs.'
            when 'next_brings_less' then 'The next unit of money brings less than it costs.'
            when 'next_brings_as_much' then 'The next unit of money brings about what it costs.'
        end as reason,
        case estimates.reason
            when 'immature'
                then
                    'För mycket av det den ger är ännu '
                    || 'på väg, eller för få kunder säger hur mycket.'
            when 'too_short' then 'Färre än 26 veckor har kostnader.'
            when 'no_spend' then 'Veckorna som räknas har inga kostnader.'
            when 'too_few' then 'För få leads eller kunder för att avgöra.'
            when 'never_varied'
                then
                    'Kostnaden har knappt varierat, så inget '
                    || 'visar vad mer eller mindre skulle ge.'
            when 'no_response' then 'Antalet leads rörde sig inte synbart när kostnaden ändrades.'
            when 'interval_crosses'
                then 'Avkastningen på nästa krona kan vara både högre och lägre än den kostar.'
            when 'brings_next_to_nothing'
                then 'Även det högsta rimliga den ger är under en fjärdedel av vad den kostar.'
            when 'next_brings_more' then 'Nästa krona ger mer än den kostar.'
            when 'next_brings_less' then 'Nästa krona ger mindre än den kostar.'
            when 'next_brings_as_much' then 'Nästa krona ger ungefär vad den kostar.'
        end as reason_sv
    from estimates
    inner join totals
        on
            estimates.dimension = totals.dimension
            and estimates.member_key = totals.member_key
    left join lead_sources
        on
            estimates.dimension = 'lead_source'
            and estimates.member_key = lead_sources.lead_source_key
    left join lead_channels
        on
            estimates.dimension = 'lead_channel'
            and estimates.member_key = lead_channels.lead_channel_key
    left join current_campaigns
        on
            estimates.dimension = 'campaign'
            and estimates.member_key = current_campaigns.campaign_durable_key

)

select * from final
