with

slices as (

    select slice_id from {{ ref('stg_inbox__slices') }}

),

costs as (

    select * from {{ source('inbox', 'costs') }}

),

-- A cost has no natural key: two equal lines are two costs, in one file or in two.
kept_lines as (

    select
        costs.*,
        {{ surrogate_key([
            'costs._account_id', 'costs.date_day', 'costs.amount', 'costs.currency',
            'costs.lead_source', 'costs.lead_channel', 'costs.campaign', 'costs.description',
        ]) }} as content_key
    from costs
    inner join slices on costs._slice_id = slices.slice_id

),

numbered as (

    select
        *,
        row_number() over (partition by content_key order by _row_number) as occurrence
    from kept_lines

),

final as (

    select
        {{ surrogate_key(['content_key', 'occurrence']) }} as cost_id,
        date_day,
        amount,
        currency,
        lead_source,
        lead_channel,
        campaign,
        description
    from numbered

)

select * from final
