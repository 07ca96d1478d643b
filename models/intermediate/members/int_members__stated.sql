-- Every lead source and channel that data or rules state, whether a seed knows it or not.
with

touchpoints as (

    select
        stated_lead_source,
        stated_lead_channel
    from {{ ref('int_touchpoints__prepared') }}
    where stated_lead_source is not null or stated_lead_channel is not null

),

leads as (

    select
        {{ normalized_code('crm_lead_source') }} as crm_lead_source,
        {{ normalized_code('crm_lead_channel') }} as crm_lead_channel,
        {{ normalized_code('self_reported_source') }} as self_reported_source
    from {{ ref('int_leads__unioned') }}

),

ad_spend as (

    select
        {{ normalized_code('stated_lead_source') }} as lead_source,
        {{ normalized_code('stated_lead_channel') }} as lead_channel
    from {{ ref('int_ad_spend__unioned') }}

),

costs as (

    select
        {{ normalized_code('lead_source') }} as lead_source,
        {{ normalized_code('lead_channel') }} as lead_channel
    from {{ ref('int_costs__gathered') }}

),

company_rules as (

    select * from {{ ref('stg_ops__classification_rules') }}

),

stated as (

    select
        'lead_source' as dimension,
        stated_lead_source as code
    from touchpoints
    union
    select
        'lead_source' as dimension,
        crm_lead_source as code
    from leads
    union
    select
        'lead_source' as dimension,
        self_reported_source as code
    from leads
    union
    select
        'lead_source' as dimension,
        lead_source as code
    from ad_spend
    union
    select
        'lead_source' as dimension,
        lead_source as code
    from costs
    union
    select
        'lead_source' as dimension,
        lead_source as code
    from company_rules
    union
    select
        'lead_channel' as dimension,
        stated_lead_channel as code
    from touchpoints
    union
    select
        'lead_channel' as dimension,
        crm_lead_channel as code
    from leads
    union
    select
        'lead_channel' as dimension,
        lead_channel as code
    from ad_spend
    union
    select
        'lead_channel' as dimension,
        lead_channel as code
    from costs
    union
    select
        'lead_channel' as dimension,
        lead_channel as code
    from company_rules

),

final as (

    select
        dimension,
        code
    from stated
    where code is not null

)

select * from final
