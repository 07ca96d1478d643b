with

signed as (

    select * from {{ ref('int_campaign_references__signed') }}
    where source_system not in ('costs', 'events', 'outreach', 'mailings', 'posts')

),

references_matched as (

    select * from {{ ref('int_campaign_references__matched') }}

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}

),

final as (

    select
        signed.source_system,
        signed.reference_id as touchpoint_id,
        campaigns.campaign_key,
        campaigns.campaign_durable_key,
        campaigns.platform,
        campaigns.campaign_type,
        campaigns.campaign_name,
        references_matched.match_kind
    from signed
    inner join references_matched on signed.signature_key = references_matched.signature_key
    inner join campaigns
        on
            references_matched.campaign_durable_key = campaigns.campaign_durable_key
            and signed.occurred_at >= campaigns.valid_from
            and signed.occurred_at < coalesce(campaigns.valid_to, cast('9999-12-31' as timestamp))

)

select * from final
