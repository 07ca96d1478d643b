{{ config(enabled=delivered('organic_search') or delivered('search_term_days')) }}
{%- set kinds = [] %}
{%- if delivered('organic_search') %}{% do kinds.append('organic') %}{% endif %}
{%- if delivered('search_term_days') %}{% do kinds.append('paid') %}{% endif %}

-- A visit seldom says what was searched for. So leads are shared out: those who came by unpaid
-- search to a page, and those of a campaign, by the clicks of the terms that led there, with the
-- clicks of terms that are withheld in the total.
with

campaigns as (

    select * from {{ ref('dim_campaigns') }}

),

{% if 'organic' in kinds %}
    searches as (

        select
            *,
            coalesce(site, '') as property,
            {{ month_of_day('date_day') }} as month,
            lower({{ page_host(page_address('page')) }}) as page_host,
            lower({{ page_path(page_address('page')) }}) as page_path
        from {{ ref('fct_organic_search') }}
        where not is_repeated

    ),

    -- A report by term is complete; one by term and page stands in for it.
    reported_days as (

        select
            date_day,
            property
        from searches
        where search_term is not null and page is null
        group by date_day, property

    ),

    organic_clicks as (

        select
            searches.month,
            searches.search_term,
            searches.is_brand,
            sum(searches.impressions) as impressions,
            sum(searches.clicks) as clicks,
            -- Two DECIMAL(18) are multiplied as 64 bits, which a large site exceeds.
            sum(cast(searches.position as decimal(28, 6)) * searches.impressions) as positions,
            sum(case when searches.position is not null then searches.impressions end) as placed,
            cast(0 as decimal(18, 6)) as spend
        from searches
        left join reported_days
            on
                searches.date_day = reported_days.date_day
                and searches.property = reported_days.property
        where
            searches.search_term is not null
            and (searches.page is null or reported_days.date_day is null)
        group by searches.month, searches.search_term, searches.is_brand

    ),

    page_leads as (

        select
            {{ month_of_day('leads.created_on') }} as month,
            lower({{ page_host(page_address('touchpoints.landing_page')) }}) as page_host,
            lower({{ page_path(page_address('touchpoints.landing_page')) }}) as page_path,
            count(*) as leads
        from {{ ref('fct_leads') }} as leads
        inner join {{ ref('fct_touchpoints') }} as touchpoints
            on leads.first_touchpoint_key = touchpoints.touchpoint_key
        where
            touchpoints.ga4_channel_group = 'Organic Search'
            and touchpoints.landing_page is not null
        group by
            {{ month_of_day('leads.created_on') }},
            lower({{ page_host(page_address('touchpoints.landing_page')) }}),
            lower({{ page_path(page_address('touchpoints.landing_page')) }})

    ),

    page_clicks as (

        select
            month,
            page_host,
            page_path,
            sum(case when search_term is null then clicks else 0 end) as of_page,
            sum(case when search_term is not null then clicks else 0 end) as of_terms
        from searches
        where page is not null
        group by month, page_host, page_path

    ),

    organic_leads as (

        select
            searches.month,
            searches.search_term,
            sum(
                cast(coalesce(page_leads.leads, 0) as double) * cast(searches.clicks as double)
                / nullif(
                    cast(greatest(page_clicks.of_page, page_clicks.of_terms) as double), 0
                )
            ) as leads
        from searches
        inner join page_clicks
            on
                searches.month = page_clicks.month
                and searches.page_host = page_clicks.page_host
                and searches.page_path = page_clicks.page_path
        left join page_leads
            on
                searches.month = page_leads.month
                and searches.page_path = page_leads.page_path
                -- A path without a host is of whichever site there is.
                and (
                    searches.page_host = page_leads.page_host
                    or searches.page_host = ''
                    or page_leads.page_host = ''
                )
        where searches.search_term is not null and searches.page is not null
        group by searches.month, searches.search_term

    ),

{% endif %}
{% if 'paid' in kinds %}
    paid_searches as (

        select
            terms.*,
            campaigns.campaign_durable_key,
            {{ month_of_day('terms.date_day') }} as month
        from {{ ref('fct_paid_search_terms') }} as terms
        inner join campaigns on terms.campaign_key = campaigns.campaign_key

    ),

    paid_clicks as (

        select
            month,
            search_term,
            is_brand,
            sum(impressions) as impressions,
            sum(clicks) as clicks,
            sum(spend) as spend
        from paid_searches
        group by month, search_term, is_brand

    ),

    by_campaign as (

        select
            month,
            search_term,
            campaign_durable_key,
            sum(clicks) as clicks
        from paid_searches
        where campaign_durable_key <> 'unknown'
        group by month, search_term, campaign_durable_key

    ),

    term_clicks as (

        select
            month,
            campaign_durable_key,
            sum(clicks) as clicks
        from by_campaign
        group by month, campaign_durable_key

    ),

    campaign_clicks as (

        select
            {{ month_of_day('ad_spend.date_day') }} as month,
            campaigns.campaign_durable_key,
            sum(ad_spend.clicks) as clicks
        from {{ ref('fct_ad_spend') }} as ad_spend
        inner join campaigns on ad_spend.campaign_key = campaigns.campaign_key
        group by {{ month_of_day('ad_spend.date_day') }}, campaigns.campaign_durable_key

    ),

    campaign_leads as (

        select
            {{ month_of_day('leads.created_on') }} as month,
            campaigns.campaign_durable_key,
            count(*) as leads
        from {{ ref('fct_leads') }} as leads
        inner join campaigns on leads.campaign_key = campaigns.campaign_key
        group by {{ month_of_day('leads.created_on') }}, campaigns.campaign_durable_key

    ),

    paid_leads as (

        select
            by_campaign.month,
            by_campaign.search_term,
            sum(
                cast(coalesce(campaign_leads.leads, 0) as double)
                * cast(by_campaign.clicks as double)
                / nullif(
                    cast(
                        greatest(term_clicks.clicks, coalesce(campaign_clicks.clicks, 0)) as double
                    ),
                    0
                )
            ) as leads
        from by_campaign
        inner join term_clicks
            on
                by_campaign.month = term_clicks.month
                and by_campaign.campaign_durable_key = term_clicks.campaign_durable_key
        left join campaign_clicks
            on
                by_campaign.month = campaign_clicks.month
                and by_campaign.campaign_durable_key = campaign_clicks.campaign_durable_key
        left join campaign_leads
            on
                by_campaign.month = campaign_leads.month
                and by_campaign.campaign_durable_key = campaign_leads.campaign_durable_key
        group by by_campaign.month, by_campaign.search_term

    ),

{% endif %}
combined as (

    {% for kind in kinds %}
        select
            clicks.month,
            clicks.search_term,
            {{ 'true' if kind == 'paid' else 'false' }} as is_paid,
            clicks.is_brand,
            clicks.impressions,
            clicks.clicks,
            {% if kind == 'paid' %}
                cast(null as double) as average_position,
            {% else %}
                cast(clicks.positions as double) / nullif(cast(clicks.placed as double), 0)
                    as average_position,
            {% endif %}
            clicks.spend,
            leads.leads as leads_estimated,
            case
                when leads.leads is not null
                    then '{{ 'campaign' if kind == 'paid' else 'page' }}'
            end as estimated_by
        from {{ kind }}_clicks as clicks
        left join {{ kind }}_leads as leads
            on
                clicks.month = leads.month
                and clicks.search_term = leads.search_term
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

final as (

    select
        month,
        search_term,
        is_paid,
        is_brand,
        cast(impressions as decimal(18, 6)) as impressions,
        cast(clicks as decimal(18, 6)) as clicks,
        {{ click_rate_columns('clicks', 'impressions') | indent(8) }},
        {{ published_double('average_position') }} as average_position,
        cast(spend as decimal(18, 6)) as spend,
        case when is_paid then {{ unit_cost('spend', 'clicks') }} end as cost_per_click,
        {{ published_double('leads_estimated') }} as leads_estimated,
        estimated_by
    from combined

)

select * from final
