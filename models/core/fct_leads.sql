-- Source and channel take the first of: tracked and not direct, the CRM's field, self-reported,
-- direct. A witness that says "unknown" says nothing, and one that says "direct" knows of nothing
-- else.
with

leads as (

    select * from {{ ref('int_leads__identified') }}

),

touched as (

    select * from {{ ref('int_leads__touched') }}

),

progressed as (

    select * from {{ ref('int_leads__progressed') }}

),

judged as (

    select * from {{ ref('int_leads__judged') }}

),

-- What a lead bought: the sum over its conversions, corrections included.
purchased as (

    select
        lead_key,
        sum(value) as revenue
    from {{ ref('int_conversions__sequenced') }}
    where conversion_type in ('customer', 'repeat_customer')
    group by lead_key

),

crm_records as (

    select * from {{ ref('int_touchpoints__placed') }}
    where touch_type = 'crm_record'

),

witnessed as (

    select
        leads.*,
        touched.tracked_lead_source,
        touched.tracked_lead_channel,
        touched.is_channel_of_direct,
        touched.first_touchpoint_key,
        touched.last_touchpoint_key,
        coalesce(touched.tracked_touches, 0) as tracked_touches,
        -- The campaign of the origin; where it has none, that of the tactic.
        coalesce(
            nullif(touched.first_campaign_key, 'unknown'),
            nullif(touched.last_campaign_key, 'unknown'),
            crm_records.campaign_key,
            'unknown'
        ) as campaign_key,
        -- A direct touch shows no campaign; what the CRM states may.
        case
            when touched.is_only_direct or touched.lead_key is null
                then coalesce(crm_records.campaign_key, 'unknown')
            else touched.first_campaign_key
        end as source_campaign_key,
        case
            when touched.is_only_direct or touched.lead_key is null
                then coalesce(crm_records.campaign_key, 'unknown')
            else touched.last_campaign_key
        end as channel_campaign_key,
        coalesce(crm_records.campaign_key, 'unknown') as crm_campaign_key,
        progressed.mql_at as reached_mql_at,
        progressed.sql_at as reached_sql_at,
        progressed.opportunity_at,
        progressed.opportunity_until,
        progressed.customer_until as became_customer_until,
        progressed.customer_at as became_customer_at,
        progressed.is_customer as became_customer,
        purchased.revenue,
        judged.quality,
        judged.quality_reason
    from leads
    inner join judged on leads.lead_key = judged.lead_key
    inner join progressed on leads.lead_key = progressed.lead_key
    left join purchased on leads.lead_key = purchased.lead_key
    left join touched on leads.lead_key = touched.lead_key
    left join crm_records
        on
            leads.source_system = crm_records.source_system
            and 'crm:' || leads.lead_id = crm_records.touchpoint_id

),

-- What each witness says besides unknown and direct.
said as (

    select
        *,
        case when tracked_lead_source not in ('unknown', 'direct') then tracked_lead_source end
            as tracked_origin,
        case when crm_lead_source not in ('unknown', 'direct') then crm_lead_source end
            as crm_origin,
        case when self_reported_source not in ('unknown', 'direct') then self_reported_source end
            as self_reported_origin,
        case when not is_channel_of_direct then nullif(tracked_lead_channel, 'unknown') end
            as tracked_tactic,
        nullif(crm_lead_channel, 'unknown') as crm_tactic,
        case when is_channel_of_direct then tracked_lead_channel end as direct_tactic,
        -- A channel or campaign that the CRM states is evidence: such a lead is not direct.
        tracked_lead_source = 'direct'
        and coalesce(crm_lead_channel, 'unknown') in ('unknown', 'website')
        and crm_campaign_key = 'unknown' as is_tracked_direct
    from witnessed

),

decided as (

    select
        *,
        case
            when coalesce(tracked_origin, crm_origin, self_reported_origin) is not null
                then coalesce(tracked_origin, crm_origin, self_reported_origin)
            when is_tracked_direct or 'direct' in (crm_lead_source, self_reported_source)
                then 'direct'
            else 'unknown'
        end as lead_source,
        coalesce(tracked_tactic, crm_tactic, direct_tactic, 'unknown') as lead_channel,
        case
            when tracked_origin is not null then 'tracked'
            when crm_origin is not null then 'crm'
            when self_reported_origin is not null then 'self_reported'
            when is_tracked_direct then 'tracked'
            when crm_lead_source = 'direct' then 'crm'
            when self_reported_source = 'direct' then 'self_reported'
            else 'none'
        end as source_basis,
        case
            when tracked_tactic is not null then 'tracked'
            when crm_tactic is not null then 'crm'
            when direct_tactic is not null then 'tracked'
            else 'none'
        end as channel_basis
    from said

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

dated as (

    select
        decided.*,
        {{ local_day('decided.created_at', 'company.reporting_timezone') }} as created_on,
        {{ local_day('decided.reached_mql_at', 'company.reporting_timezone') }} as mql_on,
        {{ local_day('decided.reached_sql_at', 'company.reporting_timezone') }} as sql_on,
        {{ local_day('decided.opportunity_at', 'company.reporting_timezone') }} as opportunity_on,
        {{ local_day('decided.became_customer_at', 'company.reporting_timezone') }} as customer_on
    from decided
    cross join company

),

final as (

    select
        ---------- ids
        lead_key,
        lead_id,
        source_system,
        person_key,
        account_key,
        {{ member_key('lead_source', 'lead_source') }} as lead_source_key,
        {{ member_key('lead_channel', 'lead_channel') }} as lead_channel_key,
        campaign_key,
        source_campaign_key,
        channel_campaign_key,
        {{ member_key('tracked_lead_source', 'lead_source') }} as tracked_source_key,
        {{ member_key('crm_lead_source', 'lead_source') }} as crm_source_key,
        {{ member_key('self_reported_source', 'lead_source') }} as self_reported_source_key,
        {{ member_key('tracked_lead_channel', 'lead_channel') }} as tracked_channel_key,
        {{ member_key('crm_lead_channel', 'lead_channel') }} as crm_channel_key,
        first_touchpoint_key,
        last_touchpoint_key,

        ---------- strings
        source_basis,
        channel_basis,
        crm_lead_source,
        crm_lead_channel,
        self_reported_source,
        segment,
        country,
        referred_by,
        landing_page,
        quality,
        quality_reason,
        case when created_until > created_at then 'day' else 'moment' end as created_at_precision,

        ---------- numerics
        cast(tracked_touches as bigint) as tracked_touches,
        cast(coalesce(revenue, 0) as decimal(18, 6)) as revenue,

        ---------- booleans
        became_customer as is_customer,

        ---------- timestamps
        created_at,
        created_until,
        reached_mql_at as mql_at,
        reached_sql_at as sql_at,
        opportunity_at,
        opportunity_until,
        became_customer_at as customer_at,
        became_customer_until as customer_until,

        ---------- dates
        created_on,
        mql_on,
        sql_on,
        opportunity_on,
        customer_on
    from dated

)

select * from final
