{{ config(materialized='ephemeral', enabled=delivered(by='hubspot')) }}

-- The newest version of every deal that is not known to be merged or deleted.
with

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

hubspot as (

    select
        deal_id,
        createdate,
        createdate_until,
        createdate_zone,
        deal_currency_code,
        amount,
        row_number() over (
            partition by deal_id order by _sequence desc, _row_number desc
        ) as row_rank
    from {{ source('hubspot', 'deals') }}

),

gone as (

    select deal_id
    from {{ ref('stg_hubspot__deals') }}
    where is_merged or is_deleted
    group by deal_id

),

final as (

    select
        'hubspot' as source_system,
        hubspot.deal_id as opportunity_id,
        {{ known_from('hubspot.createdate', 'company.reporting_timezone') }} as created_at,
        upper(trim(hubspot.deal_currency_code)) as currency,
        hubspot.amount
    from hubspot
    cross join company
    left join gone on hubspot.deal_id = gone.deal_id
    where hubspot.row_rank = 1 and gone.deal_id is null

)

select * from final
