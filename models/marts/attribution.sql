-- One model and one basis of `attribution_performance`, those that the configuration names: every
-- figure can be added up.
with

credits as (

    select * from {{ ref('attribution_performance') }}

),

attribution as (

    select * from {{ ref('stg_ops__attribution') }}

),

final as (

    select
        credits.month,
        credits.attribution_model,
        credits.basis,
        credits.conversion_type,
        credits.lead_source_key,
        credits.lead_source,
        credits.lead_source_name,
        credits.lead_source_name_sv,
        credits.source_category,
        credits.is_paid,
        credits.is_digital,
        credits.lead_channel_key,
        credits.lead_channel,
        credits.lead_channel_name,
        credits.lead_channel_name_sv,
        credits.channel_family,
        credits.channel_is_paid,
        credits.channel_is_digital,
        credits.campaign_key,
        credits.platform,
        credits.campaign_name,
        credits.conversions,
        cast(
            case
                when credits.conversion_type in ('customer', 'repeat_customer')
                    then coalesce(credits.value, 0)
                else 0
            end
            as decimal(18, 6)
        ) as revenue,
        cast(
            case
                when credits.conversion_type = 'opportunity' then coalesce(credits.value, 0)
                else 0
            end
            as decimal(18, 6)
        ) as pipeline
    from credits
    inner join attribution
        on
            credits.attribution_model = attribution.shown_model
            and credits.basis = attribution.default_basis

)

select * from final
