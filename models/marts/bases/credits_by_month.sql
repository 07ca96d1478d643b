-- The same credits twice: in the month of the conversion, and in the month of the touch that earned
-- them. A credit without a touch stays in the month of its conversion. A correction counts with its
-- value alone.
with

credits as (

    select * from {{ ref('fct_attribution_credits') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

monthly as (

    select
        credits.attribution_model,
        credits.conversion_type,
        credits.lead_source_key,
        credits.lead_channel_key,
        credits.campaign_key,
        {{ month_of_moment('credits.converted_at', 'company.reporting_timezone') }}
            as conversion_month,
        {{ month_of_moment(
            'coalesce(credits.touched_at, credits.converted_at)', 'company.reporting_timezone'
        ) }} as touch_month,
        sum(case when credits.is_correction then 0 else credits.credit end) as conversions,
        sum(credits.credited_value) as value
    from credits
    cross join company
    group by
        credits.attribution_model,
        credits.conversion_type,
        credits.lead_source_key,
        credits.lead_channel_key,
        credits.campaign_key,
        {{ month_of_moment('credits.converted_at', 'company.reporting_timezone') }},
        {{ month_of_moment(
            'coalesce(credits.touched_at, credits.converted_at)', 'company.reporting_timezone'
        ) }}

),

by_basis as (

    select
        conversion_month as month,
        'conversion_date' as basis,
        attribution_model,
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        conversions,
        value
    from monthly
    union all
    select
        touch_month as month,
        'touch_date' as basis,
        attribution_model,
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        conversions,
        value
    from monthly

),

-- A renamed campaign is one member, under its current name.
final as (

    select
        by_basis.month,
        by_basis.basis,
        by_basis.attribution_model,
        by_basis.conversion_type,
        by_basis.lead_source_key,
        by_basis.lead_channel_key,
        coalesce(campaigns.campaign_durable_key, by_basis.campaign_key) as campaign_durable_key,
        sum(by_basis.conversions) as conversions,
        sum(by_basis.value) as value
    from by_basis
    left join campaigns on by_basis.campaign_key = campaigns.campaign_key
    group by
        by_basis.month,
        by_basis.basis,
        by_basis.attribution_model,
        by_basis.conversion_type,
        by_basis.lead_source_key,
        by_basis.lead_channel_key,
        coalesce(campaigns.campaign_durable_key, by_basis.campaign_key)

)

select * from final
