-- What reached leads after they were created and before they bought. A lead that several channels
-- reached counts for each of them.
with

leads as (

    select * from {{ ref('fct_leads') }}
    where person_key <> 'unknown'

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where is_eligible

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

credits as (

    select * from {{ ref('fct_attribution_credits') }}

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

current_campaigns as (

    select * from campaigns
    where is_current

),

cohorts as (

    select
        lead_key,
        person_key,
        created_at,
        created_until,
        customer_until,
        {{ month_of_day('created_on') }} as month,
        case when is_customer then 1 else 0 end as customers,
        case
            when is_customer and customer_at is not null
                then
                    ({{ epoch_micros('customer_at') }} - {{ epoch_micros('created_at') }})
                    / cast({{ micros_of_a_day() }} as double)
        end as days_to_customer
    from leads

),

reached as (

    select
        cohorts.month,
        cohorts.lead_key,
        touchpoints.lead_channel_key,
        campaigns.campaign_durable_key,
        count(*) as touches,
        max(cohorts.customers) as customers,
        max(cohorts.days_to_customer) as days_to_customer
    from cohorts
    inner join touchpoints on cohorts.person_key = touchpoints.person_key
    inner join campaigns on touchpoints.campaign_key = campaigns.campaign_key
    where
        touchpoints.occurred_at > cohorts.created_until
        and touchpoints.occurred_at <= coalesce(
            cohorts.customer_until, cast('9999-12-31' as timestamp)
        )
    group by
        cohorts.month,
        cohorts.lead_key,
        touchpoints.lead_channel_key,
        campaigns.campaign_durable_key

),

nurtured as (

    select
        month,
        lead_channel_key,
        campaign_durable_key,
        count(*) as leads_nurtured,
        sum(touches) as touches,
        sum(customers) as customers,
        sum(days_to_customer) as days_to_customer,
        sum(case when days_to_customer is not null then 1 else 0 end) as customers_dated
    from reached
    group by month, lead_channel_key, campaign_durable_key

),

totals as (

    select
        month,
        sum(days_to_customer) as days_to_customer,
        sum(case when days_to_customer is not null then 1 else 0 end) as customers_dated
    from cohorts
    group by month

),

-- Credit of touches after the lead's creation, in the month of the lead.
credited as (

    select
        cohorts.month,
        credits.lead_channel_key,
        campaigns.campaign_durable_key,
        sum(case when credits.is_correction then 0 else credits.credit end) as credit,
        sum(coalesce(credits.credited_value, 0)) as credited_value
    from credits
    inner join attribution on credits.attribution_model = attribution.shown_model
    inner join conversions on credits.conversion_key = conversions.conversion_key
    inner join cohorts on conversions.lead_key = cohorts.lead_key
    inner join campaigns on credits.campaign_key = campaigns.campaign_key
    where
        credits.conversion_type in ('customer', 'repeat_customer')
        and credits.touched_at > cohorts.created_until
    group by cohorts.month, credits.lead_channel_key, campaigns.campaign_durable_key

),

combined as (

    select
        coalesce(nurtured.month, credited.month) as month,
        coalesce(nurtured.lead_channel_key, credited.lead_channel_key) as lead_channel_key,
        coalesce(nurtured.campaign_durable_key, credited.campaign_durable_key)
            as campaign_durable_key,
        coalesce(nurtured.leads_nurtured, 0) as leads_nurtured,
        coalesce(nurtured.touches, 0) as touches,
        coalesce(nurtured.customers, 0) as customers,
        coalesce(credited.credit, 0) as credit,
        coalesce(credited.credited_value, 0) as credited_value,
        coalesce(nurtured.days_to_customer, 0) as days_to_customer,
        coalesce(nurtured.customers_dated, 0) as customers_dated
    from nurtured
    full outer join credited
        on
            nurtured.month = credited.month
            and nurtured.lead_channel_key = credited.lead_channel_key
            and nurtured.campaign_durable_key = credited.campaign_durable_key

),

final as (

    select
        combined.month,
        combined.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        combined.campaign_durable_key,
        current_campaigns.platform,
        current_campaigns.campaign_name,
        cast(combined.leads_nurtured as bigint) as leads_nurtured,
        cast(combined.touches as bigint) as touches,
        cast(combined.customers as bigint) as customers,
        {{ ratio('combined.customers', 'combined.leads_nurtured') }} as conversion_rate,
        {{ proportion_bound('combined.customers', 'combined.leads_nurtured', '-') }}
            as conversion_rate_low,
        {{ proportion_bound('combined.customers', 'combined.leads_nurtured', '+') }}
            as conversion_rate_high,
        cast(combined.credit as decimal(38, 12)) as credit,
        cast(combined.credited_value as decimal(18, 6)) as credited_value,
        {{ ratio('combined.days_to_customer', 'combined.customers_dated') }}
            as days_to_customer_with,
        {{ ratio(
            '(totals.days_to_customer - combined.days_to_customer)',
            '(totals.customers_dated - combined.customers_dated)'
        ) }} as days_to_customer_without
    from combined
    left join totals on combined.month = totals.month
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key
    left join current_campaigns
        on combined.campaign_durable_key = current_campaigns.campaign_durable_key

)

select * from final
