-- What a landing page says. Within a set the first value wins, as in every tool that reads links; a
-- later set wins over an earlier one. Click ids are added at the click, so their last one wins.
with

pairs as (

    select * from {{ ref('int_pages__split') }}
    where is_said

),

landing_parameters as (

    select * from {{ ref('landing_parameters') }}

),

alternatives as (

    select * from {{ ref('int_rule_alternatives__split') }}
    where dimension = 'landing_parameter'

),

meant as (

    select
        pairs.landing_page,
        pairs.value,
        landing_parameters.role,
        landing_parameters.means,
        landing_parameters.platform,
        landing_parameters.parameter,
        row_number() over (
            partition by
                pairs.landing_page,
                landing_parameters.role,
                case when landing_parameters.role = 'tag' then landing_parameters.means end
            order by
                pairs.set_number desc,
                case
                    when landing_parameters.role = 'click_id' then -pairs.place
                    else pairs.place
                end asc,
                landing_parameters.means asc
        ) as choice
    from pairs
    inner join landing_parameters on pairs.parameter = landing_parameters.parameter

),

chosen as (

    select
        landing_page,
        {% for tag in ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] %}
            max(case when role = 'tag' and means = '{{ tag }}' and choice = 1 then value end)
                as {{ tag }},
        {% endfor %}
        max(case when role = 'click_id' and choice = 1 then value end) as click_id,
        max(case when role = 'click_id' and choice = 1 then means end) as click_id_type,
        max(case when role = 'ad_trace' and choice = 1 then means end) as ad_trace,
        max(case when role = 'campaign_id' and choice = 1 then value end) as campaign_id,
        max(case when role = 'campaign_id' and choice = 1 then platform end) as campaign_platform
    from meant
    group by landing_page

),

traces as (

    select
        landing_page,
        {{ dbt.listagg('means', "'&'", 'order by means') }} as trace
    from (
        select
            landing_page,
            means
        from meant
        where role = 'trace'
        group by landing_page, means
    ) as distinct_traces
    group by landing_page

),

met as (

    select
        landing_page,
        {{ dbt.listagg('alternative', "'&'", 'order by alternative') }} as landing_parameter
    from (
        select
            pairs.landing_page,
            alternatives.alternative
        from pairs
        inner join alternatives
            on
                pairs.parameter = {{ regex_extract('alternatives.alternative', "'^([^=]+)='") }}
                and {{ wildcard_match(
                    "pairs.parameter || '=' || lower(pairs.value)",
                    'alternatives.like_pattern', 'alternatives.expression'
                ) }}
        group by pairs.landing_page, alternatives.alternative
    ) as distinct_alternatives
    group by landing_page

),

pages as (

    select landing_page
    from pairs
    group by landing_page

),

final as (

    select
        pages.landing_page,
        {% for tag in ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] %}
            chosen.{{ tag }},
        {% endfor %}
        chosen.click_id,
        coalesce(chosen.click_id_type, chosen.ad_trace) as click_id_type,
        chosen.campaign_id,
        chosen.campaign_platform,
        traces.trace,
        met.landing_parameter
    from pages
    left join chosen on pages.landing_page = chosen.landing_page
    left join traces on pages.landing_page = traces.landing_page
    left join met on pages.landing_page = met.landing_page

)

select * from final
