{{ config(materialized='view') }}

-- An event without a cost, every campaign of outreach, mailing of a file and post is here for its
-- campaign: the amount is null.

with

booked as (

    select * from {{ ref('int_costs__unioned') }}

),

{% if
    delivered('events') or delivered('mailings', by='inbox') or delivered('social_posts')
%}
    company as (

        select reporting_timezone from {{ ref('stg_ops__company') }}

    ),
{% endif %}

{% if delivered('events') %}
    events as (

        select * from {{ ref('int_events__combined') }}

    ),
{% endif %}

final as (

    select
        'costs' as source_system,
        cost_id,
        'booked' as cost_type,
        date_day,
        amount,
        currency,
        lead_source,
        lead_channel,
        campaign,
        description
    from booked

    {% if delivered('events') %}
        union all

        select
            'events' as source_system,
            events.event_key as cost_id,
            'event' as cost_type,
            {{ local_day('events.starts_at', 'company.reporting_timezone') }} as date_day,
            events.cost as amount,
            events.currency,
            events.lead_source,
            events.lead_channel,
            events.campaign,
            events.event_name as description
        from events
        cross join company
    {% endif %}

    {% if delivered('outreach') %}
        union all

        select
            'outreach' as source_system,
            cost_id,
            'outreach' as cost_type,
            date_day,
            amount,
            currency,
            lead_source,
            lead_channel,
            campaign,
            description
        from {{ ref('int_outreach__costs') }}
    {% endif %}

    {% if delivered('mailings', by='inbox') %}
        union all

        select
            'mailings' as source_system,
            {{ surrogate_key(['mailings.source_system', 'mailings.mailing_id']) }} as cost_id,
            'mailing' as cost_type,
            {{ local_day('mailings.sent_at', 'company.reporting_timezone') }} as date_day,
            cast(null as decimal(18, 6)) as amount,
            cast(null as {{ dbt.type_string() }}) as currency,
            cast(null as {{ dbt.type_string() }}) as lead_source,
            cast(null as {{ dbt.type_string() }}) as lead_channel,
            mailings.campaign,
            mailings.mailing_name as description
        from {{ ref('stg_inbox__mailings') }} as mailings
        cross join company
    {% endif %}

    {% if delivered('social_posts') %}
        union all

        select
            'posts' as source_system,
            {{ surrogate_key(['posts.source_system', 'posts.network', 'posts.post_id']) }}
                as cost_id,
            'post' as cost_type,
            {{ local_day('posts.posted_at', 'company.reporting_timezone') }} as date_day,
            cast(null as decimal(18, 6)) as amount,
            cast(null as {{ dbt.type_string() }}) as currency,
            cast(null as {{ dbt.type_string() }}) as lead_source,
            cast(null as {{ dbt.type_string() }}) as lead_channel,
            posts.campaign,
            posts.title as description
        from {{ ref('int_social_posts__unioned') }} as posts
        cross join company
        where posts.campaign is not null
    {% endif %}

)

select * from final
