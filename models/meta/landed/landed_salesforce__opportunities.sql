{{ config(materialized='ephemeral', enabled=delivered(by='salesforce')) }}

-- The newest version of every deal that is not known to be deleted.
with

deals as (

    select
        substring(opportunity_id, 1, 15) as opportunity_id,
        created_at,
        upper(trim(coalesce(currency, corporate_currency))) as currency,
        amount,
        row_number() over (
            partition by opportunity_id order by _sequence desc, _row_number desc
        ) as row_rank
    from {{ source('salesforce', 'opportunities') }}

),

gone as (

    select opportunity_id
    from {{ ref('stg_salesforce__deals') }}
    where is_gone
    group by opportunity_id

),

final as (

    select
        'salesforce' as source_system,
        deals.opportunity_id,
        deals.created_at,
        deals.currency,
        deals.amount
    from deals
    left join gone on deals.opportunity_id = gone.opportunity_id
    where deals.row_rank = 1 and gone.opportunity_id is null

)

select * from final
