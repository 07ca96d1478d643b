with

lead_outcomes as (

    select * from {{ ref('lead_outcomes') }}

),

money_spent as (

    select * from {{ ref('money_spent') }}

),

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

{{ combined_performance(['month', 'lead_source_key']) }},

final as (

    select
        combined.month,
        combined.lead_source_key,
        lead_sources.lead_source,
        lead_sources.name_en,
        lead_sources.name_sv,
        {{ performance_measures() | indent(8) }}
    from combined
    left join lead_sources on combined.lead_source_key = lead_sources.lead_source_key

)

select * from final
