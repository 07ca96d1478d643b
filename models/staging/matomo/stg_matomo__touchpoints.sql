{{ config(enabled=delivered(by='matomo')) }}

with

visits as (
    {{ newest_versions(source('matomo', 'visits'), ['visit_id']) }}
),

actions as (
    {{ json_array_rows('visits', 'action_details', keep=['visit_id']) }}
),

-- A visit may begin with a click on a link that leads out, or with a download: their URL is where
-- the visitor went. A search or an event names the page on which it happened.
pages as (
    select
        visit_id,
        {{ json_text('element', ['url']) }} as url,
        row_number() over (
            partition by visit_id
            order by
                case when {{ json_text('element', ['type']) }} = 'action' then 1 else 2 end,
                element_index
        ) as page_rank
    from actions
    where coalesce({{ json_text('element', ['type']) }}, 'action') in (
        'action', 'search', 'event', 'goal'
    )
),

landed as (
    select
        visits.*,
        -- Matomo itself writes the first campaign parameter that it finds into the referrer's name;
        -- the plugin for campaigns distinguishes them.
        case
            when
                visits.referrer_type = 'campaign'
                and coalesce(visits.campaign_source, '') = ''
                and coalesce(visits.campaign_medium, '') = ''
                then nullif(visits.referrer_name, '')
        end as named_campaign,
        case
            when
                visits.referrer_type in ('campaign', 'search')
                and visits.referrer_keyword <> 'Keyword not defined'
                then nullif(visits.referrer_keyword, '')
        end as named_keyword,
        pages.url as landing_page
    from visits
    left join pages on visits.visit_id = pages.visit_id and pages.page_rank = 1
),

final as (
    select
        ---------- ids
        'matomo' as source_system,
        visit_id as touchpoint_id,
        started_at as occurred_at,
        started_at as occurred_until,
        cast(null as bigint) as line_number,
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
