-- What a company books as costs, what events and outreach cost, and what single touches cost (a
-- call, a mailed piece): the latter on the source and channel that the touch was classified as, in
-- the reporting zone's day.
with

costs as (

    select * from {{ ref('int_costs__gathered') }}

),

touchpoints as (

    select * from {{ ref('int_touchpoints__prepared') }}
    where cost <> 0

),

classified as (

    select * from {{ ref('int_touchpoints__classified') }}

),

campaign_references as (

    select
        signed.source_system,
        signed.reference_id,
        signed.occurred_at,
        matched.campaign_durable_key
    from {{ ref('int_campaign_references__signed') }} as signed
    inner join {{ ref('int_campaign_references__matched') }} as matched
        on signed.signature_key = matched.signature_key

),

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}

),

rates as (

    select * from {{ ref('int_fx_rates__daily') }}

),

company as (

    select * from {{ ref('stg_ops__company') }}

),

gathered as (

    select
        costs.source_system as reference_system,
        costs.cost_id as reference_id,
        costs.cost_type,
        {{ calendar_start('costs.date_day', 'company.reporting_timezone') }} as occurred_at,
        costs.date_day,
        costs.amount,
        costs.currency,
        {{ normalized_code('costs.lead_source') }} as lead_source,
        {{ normalized_code('costs.lead_channel') }} as lead_channel,
        costs.description
    from costs
    cross join company
    where costs.amount is not null

    union all

    select
        touchpoints.source_system as reference_system,
        touchpoints.touchpoint_id as reference_id,
        'touchpoint' as cost_type,
        touchpoints.occurred_at,
        {{ local_day('touchpoints.occurred_at', 'company.reporting_timezone') }} as date_day,
        touchpoints.cost as amount,
        touchpoints.currency,
        classified.lead_source,
        classified.lead_channel,
        touchpoints.content as description
    from touchpoints
    cross join company
    left join classified on touchpoints.touchpoint_key = classified.touchpoint_key

),

valued as (

    select
        gathered.*,
        coalesce(upper(gathered.currency), company.reporting_currency) as known_currency,
        {{ in_reporting_currency(
            'gathered.amount', 'upper(gathered.currency)', 'company.reporting_currency',
            'rates.rate'
        ) }} as reporting_amount
    from gathered
    cross join company
    left join rates
        on
            gathered.date_day = rates.date_day
            and upper(gathered.currency) = rates.currency

),

final as (

    select
        valued.reference_system,
        valued.reference_id,
        valued.cost_type,
        valued.date_day,
        coalesce(valued.lead_source, 'unknown') as lead_source,
        coalesce(valued.lead_channel, 'unknown') as lead_channel,
        coalesce(campaigns.campaign_key, 'unknown') as campaign_key,
        valued.known_currency as currency,
        cast(valued.amount as decimal(18, 6)) as amount_native,
        valued.reporting_amount as amount,
        valued.description
    from valued
    left join campaign_references
        on
            valued.reference_system = campaign_references.source_system
            and valued.reference_id = campaign_references.reference_id
    left join campaigns
        on
            campaign_references.campaign_durable_key = campaigns.campaign_durable_key
            and valued.occurred_at >= campaigns.valid_from
            and valued.occurred_at < coalesce(campaigns.valid_to, cast('9999-12-31' as timestamp))

)

select * from final
