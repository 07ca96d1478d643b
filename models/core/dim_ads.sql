{{ config(enabled=delivered('ad_spend')) }}

-- Ads that a platform lists with their texts, and those that only a report of spend names.
with

spend as (

    select
        ad_spend.*,
        campaigns.campaign_id,
        campaigns.campaign_durable_key
    from {{ ref('fct_ad_spend') }} as ad_spend
    inner join {{ ref('dim_campaigns') }} as campaigns
        on ad_spend.campaign_key = campaigns.campaign_key
    where not ad_spend.is_residual and coalesce(ad_spend.ad_id, ad_spend.ad_name) is not null

),

current_campaigns as (

    select * from {{ ref('dim_campaigns') }}
    where is_current

),

reported as (

    select
        {{ ad_key('spend', 'spend.campaign_id') }} as ad_key,
        spend.*
    from spend

),

dated as (

    select
        *,
        row_number() over (
            partition by ad_key
            order by date_day desc, ad_name asc, ad_group_name asc, ad_spend_key asc
        ) as recency
    from reported

),

newest as (

    select * from dated
    where recency = 1

),

{% if delivered('ads') %}
    listed as (

        select
            {{ ad_key('ads', 'ads.campaign_id') }} as ad_key,
            ads.*
        from (
            select
                *,
                cast(null as {{ dbt.type_string() }}) as ad_group_name
            from {{ ref('int_ads__unioned') }}
        ) as ads

    ),
{% else %}
    listed as (

        select
            ad_key,
            platform,
            account_id,
            campaign_id,
            ad_group_id,
            ad_id,
            ad_name,
            cast(null as {{ dbt.type_string() }}) as ad_type,
            cast(null as {{ dbt.type_string() }}) as status,
            cast(null as {{ dbt.type_string() }}) as headlines,
            cast(null as {{ dbt.type_string() }}) as descriptions,
            cast(null as {{ dbt.type_string() }}) as call_to_action,
            cast(null as {{ dbt.type_string() }}) as media_id,
            cast(null as {{ dbt.type_string() }}) as audience,
            cast(null as {{ dbt.type_string() }}) as landing_page
        from newest
        where 1 = 0

    ),
{% endif %}

known as (

    select
        coalesce(listed.ad_key, newest.ad_key) as ad_key,
        coalesce(listed.platform, newest.platform) as platform,
        coalesce(listed.account_id, newest.account_id) as account_id,
        coalesce(listed.campaign_id, newest.campaign_id) as campaign_id,
        coalesce(listed.ad_group_id, newest.ad_group_id) as ad_group_id,
        newest.ad_group_name,
        coalesce(listed.ad_id, newest.ad_id) as ad_id,
        coalesce(listed.ad_name, newest.ad_name) as ad_name,
        listed.ad_type,
        listed.status,
        listed.headlines,
        listed.descriptions,
        listed.call_to_action,
        listed.media_id,
        listed.audience,
        listed.landing_page,
        listed.ad_key is not null as is_listed
    from listed
    full outer join newest on listed.ad_key = newest.ad_key

),

final as (

    select
        ---------- ids
        known.ad_key,
        known.platform,
        known.account_id,
        coalesce(current_campaigns.campaign_key, 'unknown') as campaign_key,
        known.ad_group_id,
        known.ad_id,

        ---------- strings
        known.ad_group_name,
        coalesce(nullif(trim(known.ad_name), ''), known.ad_id) as ad_name,
        known.ad_type,
        known.status,
        known.headlines,
        known.descriptions,
        known.call_to_action,
        known.media_id,
        known.audience,
        known.landing_page,

        ---------- booleans
        known.is_listed
    from known
    left join current_campaigns
        on
            known.platform = current_campaigns.platform
            and coalesce(known.account_id, '') = coalesce(current_campaigns.account_id, '')
            and known.campaign_id = current_campaigns.campaign_id
    union all
    select
        'unknown' as ad_key,
        'unknown' as platform,
        cast(null as {{ dbt.type_string() }}) as account_id,
        'unknown' as campaign_key,
        cast(null as {{ dbt.type_string() }}) as ad_group_id,
        cast(null as {{ dbt.type_string() }}) as ad_id,
        cast(null as {{ dbt.type_string() }}) as ad_group_name,
        'unknown' as ad_name,
        cast(null as {{ dbt.type_string() }}) as ad_type,
        cast(null as {{ dbt.type_string() }}) as status,
        cast(null as {{ dbt.type_string() }}) as headlines,
        cast(null as {{ dbt.type_string() }}) as descriptions,
        cast(null as {{ dbt.type_string() }}) as call_to_action,
        cast(null as {{ dbt.type_string() }}) as media_id,
        cast(null as {{ dbt.type_string() }}) as audience,
        cast(null as {{ dbt.type_string() }}) as landing_page,
        false as is_listed

)

select * from final
