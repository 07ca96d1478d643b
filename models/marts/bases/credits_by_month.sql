-- The same credits twice: in the month of the conversion, and in the month of the touch that earned
-- them. A credit without a touch stays in the month of its conversion. A correction counts with its
-- value alone. Months are found once per touch and summed with a column for each model: a moment's
-- month in a time zone takes longer than all else here.
with

credits_wide as (

    select * from {{ ref('fct_attribution_credits_wide') }}

),

removal_credits as (

    select * from {{ ref('fct_attribution_removal_credits') }}

),

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

{% for credits in ['credits_wide', 'removal_credits'] %}
    {{ credits }}_in_months as (

        select
            {{ credits }}.*,
            {{ month_of_moment(credits ~ '.converted_at', 'company.reporting_timezone') }}
                as conversion_month,
            {{ month_of_moment(
                'coalesce(' ~ credits ~ '.touched_at, ' ~ credits ~ '.converted_at)',
                'company.reporting_timezone'
            ) }} as touch_month
        from {{ credits }}
        cross join company

    ),
{% endfor %}

-- A model that credits nothing here has no sum.
monthly_wide as (

    select
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        conversion_month,
        touch_month,
        {% for model in journey_models() %}
            sum(case when is_correction then 0 * {{ model }} else {{ model }} end) as {{ model }},
            sum({{ model }}_value) as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from credits_wide_in_months
    group by
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        conversion_month,
        touch_month

),

monthly as (

    {% for model in journey_models() %}
        select
            '{{ model }}' as attribution_model,
            conversion_type,
            lead_source_key,
            lead_channel_key,
            campaign_key,
            conversion_month,
            touch_month,
            {{ model }} as conversions,
            {{ model }}_value as value
        from monthly_wide
        where {{ model }} is not null
        union all
    {% endfor %}
    select
        'markov_path' as attribution_model,
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        conversion_month,
        touch_month,
        sum(case when is_correction then 0 else credit end) as conversions,
        sum(credited_value) as value
    from removal_credits_in_months
    group by
        conversion_type,
        lead_source_key,
        lead_channel_key,
        campaign_key,
        conversion_month,
        touch_month

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
