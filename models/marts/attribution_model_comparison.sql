{% set models = touch_level_models() + channel_level_models() %}
with

credits as (

    select * from {{ ref('fct_attribution_credits') }}

),

channel_attribution as (

    select * from {{ ref('fct_channel_attribution') }}

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
        {% for model in models %}
            max(case when attribution_model = '{{ model }}' then 1 end) as {{ model }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('stg_ops__enabled_models') }}

),

summed as (

    select
        lead_source_key,
        lead_channel_key,
        conversion_type,
        attribution_model,
        sum(case when is_correction then 0 else credit end) as conversions,
        sum(coalesce(credited_value, 0)) as value
    from credits
    group by lead_source_key, lead_channel_key, conversion_type, attribution_model

),

attributed as (

    select
        'lead_source' as dimension,
        lead_source_key as member_key,
        conversion_type,
        attribution_model,
        conversions,
        value
    from summed
    union all
    select
        'lead_channel' as dimension,
        lead_channel_key as member_key,
        conversion_type,
        attribution_model,
        conversions,
        value
    from summed
    union all
    select
        dimension,
        member_key,
        conversion_type,
        attribution_model,
        conversions,
        coalesce(value, 0) as value
    from channel_attribution

),

members as (

    select
        dimension,
        member_key,
        conversion_type,
        {% for model in models %}
            sum(case when attribution_model = '{{ model }}' then conversions else 0 end)
                as {{ model }}_conversions,
            sum(case when attribution_model = '{{ model }}' then value else 0 end)
                as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from attributed
    group by dimension, member_key, conversion_type

),

named as (

    select
        'lead_source' as dimension,
        lead_source_key as member_key,
        lead_source as member,
        name_en,
        name_sv
    from lead_sources
    union all
    select
        'lead_channel' as dimension,
        lead_channel_key as member_key,
        lead_channel as member,
        name_en,
        name_sv
    from lead_channels

),

final as (

    select
        members.dimension,
        members.member_key,
        named.member,
        named.name_en as member_name,
        named.name_sv as member_name_sv,
        members.conversion_type,
        {% for model in models %}
            cast(
                case when enabled.{{ model }} = 1 then members.{{ model }}_conversions end
                as decimal(38, 12)
            ) as {{ model }}_conversions,
            cast(
                case when enabled.{{ model }} = 1 then members.{{ model }}_value end
                as decimal(18, 6)
            ) as {{ model }}_value
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from members
    cross join enabled
    left join named
        on members.dimension = named.dimension and members.member_key = named.member_key

)

select * from final
