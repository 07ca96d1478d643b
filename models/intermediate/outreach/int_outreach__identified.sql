{{ config(enabled=delivered('outreach')) }}

-- A telephone number that one lead has is that lead, unless its id means another one in files; a
-- switchboard is nobody.
with

outreach as (

    select * from {{ ref('int_outreach__unioned') }}

),

words as (

    select * from {{ ref('outreach_type_words') }}

),

owners as (

    select
        phone_hash,
        min(lead_id) as lead_id,
        min({{ surrogate_key(['source_system', 'lead_id']) }}) as lead_key
    from {{ ref('int_leads__unioned') }}
    where nullif(trim(phone_hash), '') is not null
    group by phone_hash
    having count(*) = 1

),

phones as (

    select
        owners.phone_hash,
        owners.lead_id
    from owners
    inner join {{ ref('int_lead_ids__resolved') }} as lead_ids
        on
            owners.lead_id = lead_ids.lead_id
            and owners.lead_key = lead_ids.lead_key
            and lead_ids.source_system = 'inbox'

),

final as (

    select
        outreach.source_system,
        outreach.outreach_id,
        outreach.campaign,
        outreach.wave,
        {{ surrogate_key(['outreach.source_system', 'outreach.campaign']) }} as reference_id,
        coalesce({{ normalized_code('outreach.outreach_type') }}, 'unknown') as outreach_type,
        coalesce(words.touch_type, 'outreach') as touch_type,
        coalesce(words.lead_source, 'outbound_sales') as lead_source,
        coalesce(words.lead_channel, 'sales_outreach') as lead_channel,
        case
            when outreach.lead_id is null and outreach.email_hash is null then phones.lead_id
            else outreach.lead_id
        end as lead_id,
        outreach.email_hash,
        outreach.phone_hash,
        outreach.is_held_out,
        outreach.is_delivered,
        outreach.is_response,
        outreach.contacted_at,
        outreach.contacted_until,
        outreach.responded_at,
        outreach.responded_until,
        outreach.cost,
        outreach.currency
    from outreach
    left join words on {{ bare_word('outreach.outreach_type') }} = words.outreach_type_word
    left join phones on outreach.phone_hash = phones.phone_hash

)

select * from final
