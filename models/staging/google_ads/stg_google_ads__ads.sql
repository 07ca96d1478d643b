{{ config(enabled=delivered('ads', by='google_ads')) }}

-- A responsive ad is shown in combinations of its texts; they are kept as one text each.
with

ads as (
    {{ newest_versions(source('google_ads', 'ads'), ['customer_id', 'ad_group_id', 'ad_id']) }}
),

{% for kind in ['headlines', 'descriptions'] -%}
    {{ kind }} as (
        {{ json_array_rows('ads', kind, keep=['customer_id', 'ad_group_id', 'ad_id']) }}
    ),

    joined_{{ kind }} as (

        select
            customer_id,
            ad_group_id,
            ad_id,
            {{ dbt.listagg(json_text('element', ['text']), "' | '", 'order by element_index') }}
                as {{ kind }}
        from {{ kind }}
        group by customer_id, ad_group_id, ad_id

    ),

{% endfor -%}
final as (

    select
        ---------- ids
        'google_ads' as platform,
        ads.customer_id as account_id,
        ads.campaign_id,
        ads.ad_group_id,
        ads.ad_id,

        ---------- strings
        ads.ad_name,
        ads.ad_type,
        ads.status,
        joined_headlines.headlines,
        joined_descriptions.descriptions,
        cast(null as {{ dbt.type_string() }}) as call_to_action,
        cast(null as {{ dbt.type_string() }}) as media_id,
        cast(null as {{ dbt.type_string() }}) as audience,
        {{ json_text('ads.final_urls', [0]) }} as landing_page
    from ads
    {% for kind in ['headlines', 'descriptions'] -%}
        left join joined_{{ kind }}
            on
                ads.customer_id = joined_{{ kind }}.customer_id
                and ads.ad_group_id = joined_{{ kind }}.ad_group_id
                and ads.ad_id = joined_{{ kind }}.ad_id
    {% endfor %}

)

select * from final
