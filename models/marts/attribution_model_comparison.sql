with

credits as (

    select * from {{ ref('fct_attribution_credits') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

-- Null where a model is not computed, so that its columns read null instead of zero.
enabled as (

    select
        max(case when attribution_model = 'first_touch' then 1 end) as first_touch,
        max(case when attribution_model = 'last_touch' then 1 end) as last_touch,
        max(case when attribution_model = 'linear' then 1 end) as linear,
        max(case when attribution_model = 'position_based' then 1 end) as position_based,
        max(case when attribution_model = 'time_decay' then 1 end) as time_decay
    from {{ ref('stg_ops__enabled_models') }}

),

summed as (

    select
        lead_source_key,
        lead_channel_key,
        conversion_type,
        attribution_model,
        sum(credit) as credit,
        sum(coalesce(credited_value, 0)) as credited_value
    from credits
    group by lead_source_key, lead_channel_key, conversion_type, attribution_model

),

dimensions as (

    select
        'lead_source' as dimension,
        summed.lead_source_key as member_key,
        lead_sources.lead_source as member,
        lead_sources.name_en,
        lead_sources.name_sv,
        summed.conversion_type,
        summed.attribution_model,
        summed.credit,
        summed.credited_value
    from summed
    left join lead_sources on summed.lead_source_key = lead_sources.lead_source_key
    union all
    select
        'lead_channel' as dimension,
        summed.lead_channel_key as member_key,
        lead_channels.lead_channel as member,
        lead_channels.name_en,
        lead_channels.name_sv,
        summed.conversion_type,
        summed.attribution_model,
        summed.credit,
        summed.credited_value
    from summed
    left join lead_channels on summed.lead_channel_key = lead_channels.lead_channel_key

),

members as (

    select
        dimension,
        member_key,
        member,
        name_en,
        name_sv,
        conversion_type,
        sum(case when attribution_model = 'first_touch' then credit else 0 end)
            as first_touch_conversions,
        sum(case when attribution_model = 'first_touch' then credited_value else 0 end)
            as first_touch_value,
        sum(case when attribution_model = 'last_touch' then credit else 0 end)
            as last_touch_conversions,
        sum(case when attribution_model = 'last_touch' then credited_value else 0 end)
            as last_touch_value,
        sum(case when attribution_model = 'linear' then credit else 0 end)
            as linear_conversions,
        sum(case when attribution_model = 'linear' then credited_value else 0 end)
            as linear_value,
        sum(case when attribution_model = 'position_based' then credit else 0 end)
            as position_based_conversions,
        sum(case when attribution_model = 'position_based' then credited_value else 0 end)
            as position_based_value,
        sum(case when attribution_model = 'time_decay' then credit else 0 end)
            as time_decay_conversions,
        sum(case when attribution_model = 'time_decay' then credited_value else 0 end)
            as time_decay_value
    from dimensions
    group by dimension, member_key, member, name_en, name_sv, conversion_type

),

final as (

    select
        members.dimension,
        members.member_key,
        members.member,
        members.name_en,
        members.name_sv,
        members.conversion_type,
        cast(members.first_touch_conversions * enabled.first_touch as decimal(38, 12))
            as first_touch_conversions,
        cast(members.first_touch_value * enabled.first_touch as decimal(18, 6))
            as first_touch_value,
        cast(members.last_touch_conversions * enabled.last_touch as decimal(38, 12))
            as last_touch_conversions,
        cast(members.last_touch_value * enabled.last_touch as decimal(18, 6))
            as last_touch_value,
        cast(members.linear_conversions * enabled.linear as decimal(38, 12))
            as linear_conversions,
        cast(members.linear_value * enabled.linear as decimal(18, 6))
            as linear_value,
        cast(members.position_based_conversions * enabled.position_based as decimal(38, 12))
            as position_based_conversions,
        cast(members.position_based_value * enabled.position_based as decimal(18, 6))
            as position_based_value,
        cast(members.time_decay_conversions * enabled.time_decay as decimal(38, 12))
            as time_decay_conversions,
        cast(members.time_decay_value * enabled.time_decay as decimal(18, 6))
            as time_decay_value
    from members
    cross join enabled

)

select * from final
