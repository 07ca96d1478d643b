-- Source and channel take the first of: tracked, the CRM's field, self-reported. A witness that
-- says "unknown" says nothing.
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

crm_records as (

    select * from {{ ref('int_touchpoints__placed') }}
    where touch_type = 'crm_record'

),

witnessed as (

    select
        leads.*,
        touched.tracked_lead_source,
        touched.tracked_lead_channel,
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
        progressed.mql_at as reached_mql_at,
        progressed.sql_at as reached_sql_at,
        progressed.opportunity_at,
        progressed.opportunity_until,
        progressed.customer_until as became_customer_until,
        progressed.customer_at as became_customer_at,
        progressed.is_customer as became_customer,
        progressed.revenue
    from leads
    inner join progressed on leads.lead_key = progressed.lead_key
    left join touched on leads.lead_key = touched.lead_key
    left join crm_records
        on
            leads.source_system = crm_records.source_system
            and 'crm:' || leads.lead_id = crm_records.touchpoint_id

),

decided as (

    select
        *,
        coalesce(
            nullif(tracked_lead_source, 'unknown'),
            nullif(crm_lead_source, 'unknown'),
            self_reported_source,
            'unknown'
        ) as lead_source,
        coalesce(
            nullif(tracked_lead_channel, 'unknown'),
            crm_lead_channel,
            'unknown'
        ) as lead_channel,
        case
            when tracked_lead_source <> 'unknown' then 'tracked'
            when crm_lead_source <> 'unknown' then 'crm'
            when self_reported_source <> 'unknown' then 'self_reported'
            else 'none'
        end as source_basis,
        case
            when tracked_lead_channel <> 'unknown' then 'tracked'
            when crm_lead_channel <> 'unknown' then 'crm'
            else 'none'
        end as channel_basis
    from witnessed

),

final as (

    select
        ---------- ids
        lead_key,
        lead_id,
        source_system,
        person_key,
        account_key,
        {{ member_key('lead_source') }} as lead_source_key,
        {{ member_key('lead_channel') }} as lead_channel_key,
        campaign_key,
        {{ member_key('tracked_lead_source') }} as tracked_source_key,
        {{ member_key('crm_lead_source') }} as crm_source_key,
        {{ member_key('self_reported_source') }} as self_reported_source_key,
        {{ member_key('tracked_lead_channel') }} as tracked_channel_key,
        {{ member_key('crm_lead_channel') }} as crm_channel_key,
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
        became_customer_until as customer_until
    from decided

)

select * from final
