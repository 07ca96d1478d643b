with

opportunities as (

    select * from {{ ref('int_opportunities__resolved') }}

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

        ---------- timestamps
        created_at,
        closed_at
    from opportunities

)

select * from final
