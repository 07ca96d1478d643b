{{ config(materialized='view') }}

-- What a campaign is called besides its own names: as the company lists it, and by the name of the
-- event that the campaign is for (what an event costs is often booked under its name).
with

listed as (

    select * from {{ ref('stg_ops__campaign_aliases') }}

),

{% if delivered('events') %}
    events as (

        select
            {{ campaign_alias('event_name') }} as alias,
            {{ campaign_alias('campaign') }} as campaign_alias,
            campaign
        from {{ ref('int_events__combined') }}
        where campaign is not null

    ),

    -- A name that comes back every year, each time with a campaign of its own, says nothing.
    of_events as (

        select
            events.alias,
            min(events.campaign_alias) as meant_alias,
            min(events.campaign) as meant_name
        from events
        left join listed on events.alias = listed.alias
        where listed.alias is null
        group by events.alias
        having min(events.campaign_alias) = max(events.campaign_alias)

    ),
{% endif %}

final as (

    select
        alias,
        meant_alias,
        meant_name,
        'listed' as meant_by
    from listed

    {% if delivered('events') %}
        union all

        select
            alias,
            meant_alias,
            meant_name,
            'event' as meant_by
        from of_events
        where alias <> meant_alias
    {% endif %}

)

select * from final
