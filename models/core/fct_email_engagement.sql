with

engagement as (

    select * from {{ ref('int_email_engagement__unioned') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}

),

people as (

    select * from {{ ref('int_identity__people') }}

),

-- A mail's events name the platform and the mailing, not the account.
mailings as (

    select
        platform,
        campaign_id,
        min(campaign_durable_key) as campaign_durable_key
    from campaigns
    where is_current
    group by platform, campaign_id
    having count(*) = 1

),

numbered as (

    select
        *,
        coalesce(
            'email:' || email_hash, 'lead:' || source_system || ':' || lead_id
        ) as node,
        row_number() over (
            partition by source_system, campaign_id, email_hash, lead_id, engagement_type
            order by occurred_at, engagement_id
        ) as repetition
    from engagement

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

final as (

    select
        ---------- ids
        {{ surrogate_key(['numbered.source_system', 'numbered.engagement_id']) }}
            as engagement_key,
        numbered.engagement_id,
        numbered.source_system,
        case
            when numbered.node is null then 'unknown'
            else coalesce(people.person_key, {{ surrogate_key(['numbered.node']) }})
        end as person_key,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,

        ---------- strings
        numbered.engagement_type,
        numbered.url,

        ---------- booleans
        numbered.repetition = 1 as is_first,

        ---------- timestamps
        numbered.occurred_at,

        ---------- dates
        {{ local_day('numbered.occurred_at', 'company.reporting_timezone') }} as occurred_on
    from numbered
    cross join company
    left join people on numbered.node = people.node
    left join mailings
        on
            numbered.source_system = mailings.platform
            and numbered.campaign_id = mailings.campaign_id
    left join campaigns
        on
            mailings.campaign_durable_key = campaigns.campaign_durable_key
            and numbered.occurred_at >= campaigns.valid_from
            and numbered.occurred_at < coalesce(campaigns.valid_to, cast('9999-12-31' as timestamp))

)

select * from final
