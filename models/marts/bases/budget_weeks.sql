{{ config(enabled=delivered('ad_spend') or delivered('costs')) }}

-- Complete weeks from the first with spend of a member to the last, also those in which nothing
-- happened. Credit is that of the default model, in the week of the touch that earned it, and so
-- meets the spend that bought it. At most two years. What single touches cost follows from the
-- touches, and is no spend that somebody decided on.
with

money as (

    select
        date_day,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        spend
    from {{ ref('fct_ad_spend') }}
    union all
    select
        date_day,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        amount as spend
    from {{ ref('fct_costs') }}
    where cost_type <> 'touchpoint'

),

credits as (

    select credits.*
    from {{ ref('fct_attribution_credits') }} as credits
    inner join {{ ref('stg_ops__attribution') }} as attribution
        on credits.attribution_model = attribution.shown_model
    where credits.touched_at is not null

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

-- What a conversion of the whole company is worth.
usual as (

    select
        sum(cast(credits.credited_value as double))
        / nullif(
            sum(case when credits.is_correction then 0 else cast(credits.credit as double) end), 0
        ) as value
    from {{ ref('fct_attribution_credits') }} as credits
    inner join {{ ref('stg_ops__attribution') }} as attribution
        on credits.attribution_model = attribution.shown_model
    where credits.conversion_type in ('customer', 'repeat_customer')

),

maturity as (

    select * from {{ ref('cohort_maturity') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

-- The Monday of the first week that is not complete, and the first Monday that counts.
bounds as (

    select
        {{ week_of_day(dbt.dateadd('day', 1, 'last_complete_day')) }} as unfinished_week,
        {{ week_of_day(dbt.dateadd('day', -727, 'last_complete_day')) }} as first_week
    from {{ ref('stg_ops__complete_days') }}

),

spending as (

    select
        {{ week_of_day('money.date_day') }} as week,
        money.lead_source_key,
        money.lead_channel_key,
        coalesce(campaigns.campaign_durable_key, money.campaign_key) as campaign_key,
        sum(money.spend) as spend
    from money
    left join campaigns on money.campaign_key = campaigns.campaign_key
    group by
        {{ week_of_day('money.date_day') }},
        money.lead_source_key,
        money.lead_channel_key,
        coalesce(campaigns.campaign_durable_key, money.campaign_key)

),

earning as (

    select
        {{ week_of_day(local_day('credits.touched_at', 'company.reporting_timezone')) }} as week,
        credits.lead_source_key,
        credits.lead_channel_key,
        coalesce(campaigns.campaign_durable_key, credits.campaign_key) as campaign_key,
        sum(case when credits.conversion_type = 'lead' then credits.credit else 0 end) as leads,
        sum(
            case
                when credits.conversion_type <> 'lead' and not credits.is_correction
                    then credits.credit
                else 0
            end
        ) as conversions,
        sum(credits.credited_value) as value,
        sum(
            cast(credits.credited_value as double) * cast(credits.credited_value as double)
        ) as squares
    from credits
    cross join company
    left join campaigns on credits.campaign_key = campaigns.campaign_key
    where credits.conversion_type in ('lead', 'customer', 'repeat_customer')
    group by
        {{ week_of_day(local_day('credits.touched_at', 'company.reporting_timezone')) }},
        credits.lead_source_key,
        credits.lead_channel_key,
        coalesce(campaigns.campaign_durable_key, credits.campaign_key)

),

sides as (

    select
        week,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        cast(spend as double) as spend,
        cast(0 as double) as leads,
        cast(0 as double) as conversions,
        cast(0 as double) as value,
        cast(0 as double) as squares
    from spending
    union all
    select
        week,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        cast(0 as double) as spend,
        cast(leads as double) as leads,
        cast(conversions as double) as conversions,
        cast(value as double) as value,
        squares
    from earning

),

figures as (

    {% for dimension, column in [
        ('lead_source', 'lead_source_key'),
        ('lead_channel', 'lead_channel_key'),
        ('campaign', 'campaign_key')
    ] %}
        select
            '{{ dimension }}' as dimension,
            {{ column }} as member_key,
            week,
            sum(spend) as spend,
            sum(leads) as leads,
            sum(conversions) as conversions,
            sum(value) as value,
            sum(squares) as squares
        from sides
        where {{ column }} not in ('unknown', 'unattributed')
        group by {{ column }}, week
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

members as (

    select
        figures.dimension,
        figures.member_key,
        min(case when figures.spend > 0 then figures.week end) as first_week
    from figures
    cross join bounds
    where figures.week >= bounds.first_week and figures.week < bounds.unfinished_week
    group by figures.dimension, figures.member_key
    having sum(figures.spend) > 0

),

weeks as (

    select dates.date_day as week
    from {{ ref('dim_dates') }} as dates
    cross join bounds
    where
        {{ iso_day_of_week('dates.date_day') }} = 1
        and dates.date_day >= bounds.first_week
        and dates.date_day < bounds.unfinished_week

),

final as (

    select
        members.dimension,
        members.member_key,
        weeks.week,
        maturity.maturity,
        coalesce(figures.spend, 0) as spend,
        coalesce(figures.leads, 0) as leads,
        coalesce(figures.conversions, 0) as conversions,
        coalesce(figures.value, 0) as value,
        coalesce(figures.squares, 0) as squares,
        coalesce(usual.value, 0) as usual_value
    from members
    cross join usual
    inner join weeks on members.first_week <= weeks.week
    left join figures
        on
            members.dimension = figures.dimension
            and members.member_key = figures.member_key
            and weeks.week = figures.week
    left join maturity on {{ month_of_day('weeks.week') }} = maturity.month

)

select * from final
