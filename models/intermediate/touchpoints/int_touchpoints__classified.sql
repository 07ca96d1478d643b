-- A code that the data states wins over the rules; the missing one of the pair comes from them. But
-- direct means that there was no evidence, and a stated channel is some.
with

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}

),

signed as (

    select
        touchpoint_key,
        signature_key
    from {{ ref('int_touchpoints__signed') }}

),

signatures as (

    select * from {{ ref('int_signatures__classified') }}

),

ga4_groups as (

    select * from {{ ref('int_signatures__ga4_grouped') }}

),

final as (

    select
        touchpoints.touchpoint_key,
        case
            when touchpoints.stated_lead_source is not null then touchpoints.stated_lead_source
            when
                signatures.lead_source = 'direct'
                and touchpoints.stated_lead_channel not in ('website', 'unknown')
                then 'unknown'
            else signatures.lead_source
        end as lead_source,
        coalesce(touchpoints.stated_lead_channel, signatures.lead_channel) as lead_channel,
        case
            when touchpoints.stated_lead_source is null and touchpoints.stated_lead_channel is null
                then signatures.rule_id
            when
                touchpoints.stated_lead_source is not null
                and touchpoints.stated_lead_channel is not null
                then 'stated'
            else 'stated+' || signatures.rule_id
        end as rule_id,
        ga4_groups.ga4_channel_group
    from touchpoints
    inner join signed on touchpoints.touchpoint_key = signed.touchpoint_key
    inner join signatures on signed.signature_key = signatures.signature_key
    inner join ga4_groups on signed.signature_key = ga4_groups.signature_key

)

select * from final
