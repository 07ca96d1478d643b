with

opportunities as (

    select * from {{ ref('int_opportunities__resolved') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

dated as (

    select
        opportunities.*,
        {{ local_day('opportunities.created_at', 'company.reporting_timezone') }} as created_on,
        {{ local_day('opportunities.closed_at', 'company.reporting_timezone') }} as closed_on
    from opportunities
    cross join company

),

final as (

    select
        ---------- ids
        opportunity_key,
        opportunity_id,
        source_system,
        lead_key,
        person_key,
        account_key,

        ---------- strings
        stage,
        currency,

        ---------- numerics
        amount_native,
        amount,
        won_value,

        ---------- booleans
        is_won,
        is_lost,

        ---------- timestamps
        created_at,
        closed_at,

        ---------- dates
        created_on,
        closed_on
    from dated

)

select * from final
