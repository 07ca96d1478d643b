{{ config(enabled=delivered('outreach')) }}

-- Our own people who were contacted are nobody to win: they only cost.
with

own_people as (

    select person_key from {{ ref('dim_people') }}
    where is_internal

),

outreach as (

    select
        outreach.*,
        campaigns.campaign_durable_key,
        {{ local_day('outreach.contacted_at', 'company.reporting_timezone') }} as contacted_day,
        -- Whoever nothing identifies is somebody.
        case
            when outreach.person_key = 'unknown' then outreach.outreach_key
            else outreach.person_key
        end as somebody
    from {{ ref('fct_outreach') }} as outreach
    cross join {{ ref('stg_ops__company') }} as company
    inner join {{ ref('dim_campaigns') }} as campaigns
        on outreach.campaign_key = campaigns.campaign_key

),

leads as (

    select
        leads.person_key,
        min({{ local_day('leads.created_until', 'company.reporting_timezone') }}) as lead_day,
        min(
            case
                when leads.is_customer
                    then {{ local_day('leads.customer_until', 'company.reporting_timezone') }}
            end
        ) as customer_day
    from {{ ref('fct_leads') }} as leads
    cross join {{ ref('stg_ops__company') }} as company
    where leads.person_key <> 'unknown'
    group by leads.person_key

),

credits as (

    select * from {{ ref('fct_attribution_credits') }}
    where
        attribution_model = 'linear'
        and conversion_type in ('customer', 'repeat_customer')

),

conversions as (

    select * from {{ ref('fct_conversions') }}

),

-- Whether the model is computed: what nobody computed is not nothing.
linear as (

    select count(*) as models from {{ ref('stg_ops__enabled_models') }}
    where attribution_model = 'linear'

),

costs as (

    select
        costs.cost_type,
        costs.description as wave,
        costs.amount,
        campaigns.campaign_durable_key
    from {{ ref('fct_costs') }} as costs
    inner join {{ ref('dim_campaigns') }} as campaigns
        on costs.campaign_key = campaigns.campaign_key
    where costs.cost_type in ('outreach', 'booked')

),

current_campaigns as (

    select * from {{ ref('dim_campaigns') }}
    where is_current

),

-- Who was contacted in a wave, or left out of it: once, from the first day.
members as (

    select
        campaign_durable_key,
        wave,
        somebody,
        min(person_key) as person_key,
        min(contacted_day) as contacted_day,
        -- Whoever was contacted all the same is no comparison.
        min(case when is_held_out then 1 else 0 end) as is_held_out,
        max(case when is_delivered then 1 else 0 end) as is_delivered,
        max(case when is_response then 1 else 0 end) as is_response
    from outreach
    group by campaign_durable_key, wave, somebody

),

outcomes as (

    select
        members.*,
        case when leads.lead_day >= members.contacted_day then 1 else 0 end as became_lead,
        case when leads.customer_day >= members.contacted_day then 1 else 0 end
            as became_customer,
        case when own_people.person_key is null then 1 - members.is_held_out else 0 end
            as is_contacted,
        case when own_people.person_key is null then members.is_held_out else 0 end as is_compared
    from members
    left join own_people on members.person_key = own_people.person_key
    left join leads on members.person_key = leads.person_key

),

counted as (

    select
        campaign_durable_key,
        wave,
        min(contacted_day) as first_day,
        sum(is_contacted) as contacted,
        sum(is_delivered * is_contacted) as delivered,
        sum(is_response * is_contacted) as responses,
        sum(became_lead * is_contacted) as leads,
        sum(became_customer * is_contacted) as customers,
        sum(is_compared) as held_out,
        sum(became_customer * is_compared) as held_out_customers
    from outcomes
    group by campaign_durable_key, wave

),

-- A deal and its refunds are one.
credited_conversions as (

    select
        outreach.campaign_durable_key,
        outreach.wave,
        coalesce(conversions.corrects_conversion_key, conversions.conversion_key)
            as conversion_key,
        sum(credits.credited_value) as value
    from credits
    inner join conversions on credits.conversion_key = conversions.conversion_key
    inner join outreach on credits.touchpoint_key = outreach.touchpoint_key
    group by
        outreach.campaign_durable_key,
        outreach.wave,
        coalesce(conversions.corrects_conversion_key, conversions.conversion_key)

),

credited as (

    select
        campaign_durable_key,
        wave,
        count(*) as conversions,
        sum(value) as revenue,
        sum(cast(value as double) * cast(value as double)) as squares
    from credited_conversions
    group by campaign_durable_key, wave

),

-- What is booked on a campaign is a wave's where the campaign has no other.
lone_waves as (

    select
        campaign_durable_key,
        min(wave) as wave
    from counted
    where campaign_durable_key <> 'unknown'
    group by campaign_durable_key
    having count(*) = 1

),

wave_costs as (

    select
        campaign_durable_key,
        wave,
        amount
    from costs
    where cost_type = 'outreach'
    union all
    select
        costs.campaign_durable_key,
        lone_waves.wave,
        costs.amount
    from costs
    inner join lone_waves on costs.campaign_durable_key = lone_waves.campaign_durable_key
    where costs.cost_type = 'booked'

),

spending as (

    select
        campaign_durable_key,
        wave,
        sum(amount) as spend
    from wave_costs
    group by campaign_durable_key, wave

),

combined as (

    select
        counted.*,
        coalesce(spending.spend, 0) as spend,
        case when linear.models > 0 then coalesce(credited.revenue, 0) end as revenue_credited,
        coalesce(credited.squares, 0) as squares,
        coalesce(credited.conversions, 0) as conversions
    from counted
    cross join linear
    left join spending
        on
            counted.campaign_durable_key = spending.campaign_durable_key
            and counted.wave = spending.wave
    left join credited
        on
            counted.campaign_durable_key = credited.campaign_durable_key
            and counted.wave = credited.wave

),

rated as (

    select
        *,
        {{ ratio('customers', 'contacted') }} as conversion_rate,
        {{ proportion_bound('customers', 'contacted', '-') }} as conversion_rate_low,
        {{ proportion_bound('customers', 'contacted', '+') }} as conversion_rate_high,
        {{ ratio('held_out_customers', 'held_out') }} as held_out_rate,
        {{ proportion_bound('held_out_customers', 'held_out', '-') }} as held_out_rate_low,
        {{ proportion_bound('held_out_customers', 'held_out', '+') }} as held_out_rate_high
    from combined

),

-- The interval of the difference of two rates, from theirs (R. G. Newcombe, Stat. Med. 1998).
compared as (

    select
        *,
        conversion_rate - held_out_rate as lift,
        (conversion_rate - held_out_rate) - sqrt(
            (conversion_rate - conversion_rate_low) * (conversion_rate - conversion_rate_low)
            + (held_out_rate_high - held_out_rate) * (held_out_rate_high - held_out_rate)
        ) as lift_low,
        (conversion_rate - held_out_rate) + sqrt(
            (conversion_rate_high - conversion_rate) * (conversion_rate_high - conversion_rate)
            + (held_out_rate - held_out_rate_low) * (held_out_rate - held_out_rate_low)
        ) as lift_high
    from rated

),

final as (

    select
        current_campaigns.campaign_key,
        compared.campaign_durable_key,
        current_campaigns.platform,
        current_campaigns.campaign_name,
        compared.wave,
        compared.first_day,
        cast(compared.contacted as bigint) as contacted,
        cast(compared.delivered as bigint) as delivered,
        cast(compared.responses as bigint) as responses,
        {{ ratio('compared.responses', 'compared.delivered') }} as response_rate,
        {{ proportion_bound('compared.responses', 'compared.delivered', '-') }}
            as response_rate_low,
        {{ proportion_bound('compared.responses', 'compared.delivered', '+') }}
            as response_rate_high,
        cast(compared.leads as bigint) as leads,
        cast(compared.customers as bigint) as customers,
        compared.conversion_rate,
        compared.conversion_rate_low,
        compared.conversion_rate_high,
        cast(compared.spend as decimal(18, 6)) as spend,
        case
            when compared.spend > 0 then {{ unit_cost('compared.spend', 'compared.responses') }}
        end as cost_per_response,
        cast(compared.revenue_credited as decimal(18, 6)) as revenue_credited,
        {{ return_on('compared.revenue_credited', 'compared.spend') }} as roi,
        {{ return_bound(
            'compared.revenue_credited', 'compared.squares', 'compared.conversions',
            'compared.spend', '-'
        ) }} as roi_low,
        {{ return_bound(
            'compared.revenue_credited', 'compared.squares', 'compared.conversions',
            'compared.spend', '+'
        ) }} as roi_high,
        cast(compared.held_out as bigint) as held_out,
        cast(compared.held_out_customers as bigint) as held_out_customers,
        compared.held_out_rate,
        compared.held_out_rate_low,
        compared.held_out_rate_high,
        {{ published_double('compared.lift') }} as lift,
        {{ published_double('compared.lift_low') }} as lift_low,
        {{ published_double('compared.lift_high') }} as lift_high
    from compared
    inner join current_campaigns
        on compared.campaign_durable_key = current_campaigns.campaign_durable_key

)

select * from final
