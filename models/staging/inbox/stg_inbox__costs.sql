{{ config(enabled=delivered('costs', by='inbox')) }}

with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

costs as (

    select * from {{ source('inbox', 'costs') }}

),

-- A cost has no natural key: two equal lines of one file are two costs. In two files they are one
-- cost that both list, unless a file is declared additive.
kept_lines as (

    select
        costs.*,
        {{ surrogate_key([
            'case when slices.is_additive then costs._account_id end', 'costs.date_day',
            'costs.amount', 'costs.currency', 'costs.lead_source', 'costs.lead_channel',
            'costs.campaign', 'costs.description',
        ]) }} as content_key
    from costs
    inner join slices on costs._slice_id = slices.slice_id

),

numbered as (

    select
        *,
        row_number() over (
            partition by content_key, _sequence order by _row_number
        ) as occurrence
    from kept_lines

),

versions as (

    select
        *,
        row_number() over (
            partition by content_key, occurrence order by _sequence desc
        ) as version
    from numbered

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
    from versions
    where version = 1

)

select * from final
