-- Sums that can be added up over any rows. Money has no segment and is at `unattributed`.
with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

),

money_spent as (

    select * from {{ ref('money_spent') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

current_campaigns as (

    select * from campaigns
    where is_current

),

figures as (

    select
        created_on as date_day,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        segment,
        leads,
        mqls,
        sqls,
        opportunities,
        customers,
        revenue,
        deals,
        deals_won,
        deals_lost,
        won_value,
        pipeline_created,
        pipeline_open,
        0 as impressions,
        0 as clicks,
        0 as ad_spend,
        0 as other_costs
    from lead_outcomes
    union all
    select
        date_day,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        'unattributed' as segment,
        0 as leads,
        0 as mqls,
        0 as sqls,
        0 as opportunities,
        0 as customers,
        0 as revenue,
        0 as deals,
        0 as deals_won,
        0 as deals_lost,
        0 as won_value,
        0 as pipeline_created,
        0 as pipeline_open,
        impressions,
        clicks,
        ad_spend,
        other_costs
    from money_spent

),

summed as (

    select
        figures.date_day,
        figures.lead_source_key,
        figures.lead_channel_key,
        campaigns.campaign_durable_key,
        figures.segment,
        {% for measure in [
            'leads', 'mqls', 'sqls', 'opportunities', 'customers', 'revenue', 'deals', 'deals_won',
            'deals_lost', 'won_value', 'pipeline_created', 'pipeline_open', 'impressions',
            'clicks', 'ad_spend', 'other_costs'
        ] %}
            sum(figures.{{ measure }}) as {{ measure }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from figures
    left join campaigns on figures.campaign_key = campaigns.campaign_key
    group by
        figures.date_day,
        figures.lead_source_key,
        figures.lead_channel_key,
        campaigns.campaign_durable_key,
        figures.segment

),

final as (

    select
        summed.date_day,
        summed.lead_source_key,
        {{ lead_source_columns() | indent(8) }},
        summed.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        summed.campaign_durable_key,
        current_campaigns.platform,
        current_campaigns.campaign_name,
        summed.segment,
        {% for measure in [
            'leads', 'mqls', 'sqls', 'opportunities', 'customers', 'deals', 'deals_won',
            'deals_lost'
        ] %}
            cast(summed.{{ measure }} as bigint) as {{ measure }},
        {%- endfor %}
        {% for measure in [
            'revenue', 'won_value', 'pipeline_created', 'pipeline_open', 'impressions', 'clicks',
            'ad_spend', 'other_costs'
        ] %}
            cast(summed.{{ measure }} as decimal(18, 6)) as {{ measure }},
        {%- endfor %}
        cast(summed.ad_spend + summed.other_costs as decimal(18, 6)) as spend
    from summed
    left join lead_sources on summed.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on summed.lead_channel_key = lead_channels.lead_channel_key
    left join current_campaigns
        on summed.campaign_durable_key = current_campaigns.campaign_durable_key

)

select * from final
