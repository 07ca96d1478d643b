{{ config(enabled=delivered(by='linkedin_ads')) }}

{%- set levels = [
    ('account', 'account_days', []),
    ('campaign', 'campaign_days', ['campaign_urn']),
    ('ad', 'creative_days', ['campaign_urn', 'creative_urn']),
] %}

-- A figure that is not there is zero: LinkedIn leaves out rows of zeros, and with them those parts
-- of a row that were asked for apart.
with

{% for level, stream, urns in levels -%}
    {{ stream }} as (
        {{ newest_report_rows(source('linkedin_ads', stream), 'linkedin_ads', stream, 'date_day') }}
    ),

{% endfor -%}
grains as (
    {%- for level, stream, urns in levels %}
        select
            '{{ level }}' as grain,
            account_id,
            date_day,
            {%- for column in ['campaign_urn', 'creative_urn'] %}
                {%- if column in urns %}
                    {{ column }},
                {%- else %}
                    cast(null as {{ dbt.type_string() }}) as {{ column }},
                {%- endif %}
            {%- endfor %}
            currency,
            spend,
            impressions,
            clicks,
            leads,
            website_conversions,
            _sequence,
            _extracted_at
        from {{ stream }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

campaigns as (
    {{ newest_versions(source('linkedin_ads', 'campaigns'), ['account_id', 'campaign_id']) }}
),

creatives as (
    {{ newest_versions(source('linkedin_ads', 'creatives'), ['account_id', 'creative_urn']) }}
),

-- The order of a row's URNs is LinkedIn's, so each is known by what it is about.
identified as (
    select
        grains.*,
        {{ urn_id(
            "case when grains.creative_urn like 'urn:li:sponsoredCampaign:%'"
            " then grains.creative_urn else grains.campaign_urn end"
        ) }} as campaign_id,
        case
            when grains.creative_urn like 'urn:li:sponsoredCampaign:%' then grains.campaign_urn
            else grains.creative_urn
        end as ad_urn
    from grains
),

final as (
    select
        ---------- ids
        'linkedin_ads' as source_system,
        'linkedin_ads' as platform,
        identified.account_id,
        identified.date_day,
        identified.grain,
        identified.campaign_id,
        campaigns.campaign_name,
        campaigns.objective as campaign_type,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_name,
        {{ urn_id('identified.ad_urn') }} as ad_id,
        creatives.creative_name as ad_name,
        cast(null as {{ dbt.type_string() }}) as keyword,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,

        ---------- numerics
        cast(coalesce(identified.spend, 0) as decimal(18, 6)) as spend_native,
        identified.currency,
        cast(coalesce(identified.impressions, 0) as decimal(18, 6)) as impressions,
        cast(coalesce(identified.clicks, 0) as decimal(18, 6)) as clicks,
        cast(
            coalesce(identified.website_conversions, 0) + coalesce(identified.leads, 0)
            as decimal(18, 6)
        ) as platform_conversions,

        ---------- what is newer
        'linkedin_ads' as stated_by,
        identified._sequence as sequence,
        identified._extracted_at as read_at,
        false as is_additive
    from identified
    left join campaigns
        on
            identified.account_id = campaigns.account_id
            and identified.campaign_id = campaigns.campaign_id
    left join creatives
        on
            identified.account_id = creatives.account_id
            and identified.ad_urn = creatives.creative_urn
)

select * from final
