{{ config(enabled=delivered('leads')) }}

with

leads as (

    select
        *,
        {{ month_of_day('created_on') }} as month
    from {{ ref('fct_leads') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

reasons as (

    select
        month,
        lead_source_key,
        lead_channel_key,
        quality_reason,
        row_number() over (
            partition by month, lead_source_key, lead_channel_key
            order by count(*) desc, quality_reason
        ) as place
    from leads
    where quality = 'disqualified'
    group by month, lead_source_key, lead_channel_key, quality_reason

),

combined as (

    select
        month,
        lead_source_key,
        lead_channel_key,
        count(*) as leads,
        {% for quality in ['valid', 'spam', 'duplicate', 'internal', 'test', 'disqualified'] %}
            sum(case when quality = '{{ quality }}' then 1 else 0 end) as {{ quality }}_leads
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from leads
    group by month, lead_source_key, lead_channel_key

),

final as (

    select
        combined.month,
        combined.lead_source_key,
        {{ lead_source_columns() | indent(8) }},
        combined.lead_channel_key,
        {{ lead_channel_columns() | indent(8) }},
        cast(combined.leads as bigint) as leads,
        {% for quality in ['valid', 'spam', 'duplicate', 'internal', 'test', 'disqualified'] %}
            cast(combined.{{ quality }}_leads as bigint) as {{ quality }}_leads,
        {% endfor %}
        reasons.quality_reason as main_reason,
        {{ ratio('combined.valid_leads', 'combined.leads') }} as valid_rate,
        {{ proportion_bound('combined.valid_leads', 'combined.leads', '-') }} as valid_rate_low,
        {{ proportion_bound('combined.valid_leads', 'combined.leads', '+') }} as valid_rate_high
    from combined
    left join reasons
        on
            combined.month = reasons.month
            and combined.lead_source_key = reasons.lead_source_key
            and combined.lead_channel_key = reasons.lead_channel_key
            and reasons.place = 1
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key
    left join lead_channels on combined.lead_channel_key = lead_channels.lead_channel_key

)

select * from final
