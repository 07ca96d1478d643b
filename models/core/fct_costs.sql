with

costs as (

    select * from {{ ref('int_costs__combined') }}

),

final as (

    select
        ---------- ids
        {{ surrogate_key(['reference_system', 'reference_id']) }} as cost_key,
        reference_id as cost_id,
        date_day,
        {{ member_key('lead_source', 'lead_source') }} as lead_source_key,
        {{ member_key('lead_channel', 'lead_channel') }} as lead_channel_key,
        campaign_key,

        ---------- strings
        cost_type,
        description,
        currency,

        ---------- numerics
        amount_native,
        amount
    from costs

)

select * from final
