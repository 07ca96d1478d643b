with

visits as (
    {{ newest_versions(source('matomo', 'visits'), ['visit_id']) }}
),

landed as (
    select
        *,
        -- Matomo itself writes the first campaign parameter that it finds into the referrer's name;
        -- the plugin for campaigns distinguishes them.
        case
            when
                referrer_type = 'campaign'
                and coalesce(campaign_source, '') = ''
                and coalesce(campaign_medium, '') = ''
                then nullif(referrer_name, '')
        end as named_campaign,
        case
            when
                referrer_type in ('campaign', 'search')
                and referrer_keyword <> 'Keyword not defined'
                then nullif(referrer_keyword, '')
        end as named_keyword,
        {{ json_text('action_details', [0, 'url']) }} as landing_page
    from visits
),

final as (
    select
        ---------- ids
        'matomo' as source_system,
        visit_id as touchpoint_id,
        started_at as occurred_at,
        'visit' as touch_type,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        nullif(visitor_id, '') as visitor_id,
        nullif(user_id, '') as user_id,
        cast(null as {{ dbt.type_string() }}) as email_hash,
        cast(null as {{ dbt.type_string() }}) as click_id,
        cast(null as {{ dbt.type_string() }}) as click_id_type,

        ---------- campaign parameters
        nullif(campaign_source, '') as utm_source,
        nullif(campaign_medium, '') as utm_medium,
        coalesce(nullif(campaign_name, ''), named_campaign) as utm_campaign,
        coalesce(
            nullif(campaign_keyword, ''),
            case when referrer_type = 'campaign' then named_keyword end
        ) as utm_term,
        nullif(campaign_content, '') as utm_content,

        ---------- strings
        nullif(referrer_url, '') as referrer,
        landing_page,
        cast(null as {{ dbt.type_string() }}) as stated_lead_source,
        cast(null as {{ dbt.type_string() }}) as stated_lead_channel,

        -- Google writes its campaign's id into the landing page's URL beside its click id.
        case
            when {{ regex_match('landing_page', "'[?&](gclid|gbraid|wbraid)='") }}
                then 'google_ads'
        end as campaign_platform,
        coalesce(
            nullif(campaign_id, ''),
            nullif({{ regex_extract('landing_page', "'[?&]gad_campaignid=([0-9]+)'") }}, '')
        ) as campaign_id,
        cast(null as {{ dbt.type_string() }}) as campaign_name,
        coalesce(nullif(campaign_keyword, ''), named_keyword) as keyword,
        cast(null as {{ dbt.type_string() }}) as content,

        ---------- numerics
        cast(null as decimal(18, 6)) as cost,
        cast(null as {{ dbt.type_string() }}) as currency
    from landed
)

select * from final
