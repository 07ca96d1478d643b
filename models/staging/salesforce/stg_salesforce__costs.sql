{{ config(enabled=delivered(by='salesforce')) }}

-- What campaigns cost, on the day that they began. Where ad platforms report spend, the cost of a
-- campaign of advertising is that spend again.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

campaigns as (
    select * from {{ ref('stg_salesforce__campaign_versions') }}
    where
        is_newest
        and not is_deleted
        and actual_cost <> 0
        {% if delivered('ad_spend') -%}
            and not is_media
        {%- endif %}
),

final as (

    select
        'salesforce:' || campaigns.campaign_id as cost_id,
        {{ local_day(
            'coalesce(campaigns.starts_at, campaigns.created_at)', 'company.reporting_timezone'
        ) }} as date_day,
        campaigns.actual_cost as amount,
        campaigns.currency,
        campaigns.lead_source,
        campaigns.lead_channel,
        campaigns.campaign_name as campaign,
        campaigns.campaign_name as description
    from campaigns
    cross join company

)

select * from final
