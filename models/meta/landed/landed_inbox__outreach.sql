{{ config(materialized='ephemeral', enabled=delivered('outreach')) }}

-- Equal lines without an id are grouped instead of numbered: a group counts as often as the one
-- file that has most of it.
with

newest_files as (

    select * from {{ ref('stg_reconciliation__newest_files') }}
    where stream = 'outreach'

),

lines as (

    select
        outreach.*,
        {{ known_from('outreach.contacted_at', 'company.reporting_timezone') }} as contacted,
        {{ known_from('outreach.responded_at', 'company.reporting_timezone') }} as responded,
        {{ surrogate_key([
            'outreach.outreach_id', 'outreach.campaign', 'outreach.wave',
            'outreach.outreach_type', 'outreach.lead_id', 'outreach.email_hash',
            'outreach.phone_hash', 'outreach.contacted_at', 'outreach.is_held_out',
            'outreach.is_delivered', 'outreach.is_response', 'outreach.responded_at',
            'outreach.cost', 'outreach.currency',
        ]) }} as content
    from {{ source('inbox', 'outreach') }} as outreach
    cross join {{ ref('stg_ops__company') }} as company
    inner join newest_files
        on
            outreach._account_id = newest_files.account_id
            and outreach._sequence = newest_files.sequence

),

named as (

    select
        lines.*,
        row_number() over (
            partition by trim(lines.outreach_id)
            order by lines._sequence desc, lines._row_number desc
        ) as version,
        cast(1 as bigint) as contacts
    from lines
    where nullif(trim(lines.outreach_id), '') is not null

),

counted as (

    select
        content,
        _sequence,
        count(*) as equal_lines,
        min(_row_number) as first_row
    from lines
    where nullif(trim(outreach_id), '') is null
    group by content, _sequence

),

most as (

    select
        *,
        row_number() over (partition by content order by equal_lines desc, _sequence desc)
            as version
    from counted

),

kept as (

    {% for relation in ['named', 'most'] %}
        select
            lines.campaign,
            lines.outreach_type,
            lines.lead_id,
            lines.email_hash,
            lines.phone_hash,
            lines.contacted,
            lines.responded,
            not coalesce(lines.is_held_out, false)
            and coalesce(lines.is_response, lines.responded_at is not null) as is_response,
            lines.cost,
            upper(trim(lines.currency)) as currency,
            {{ 'named.contacts' if relation == 'named' else 'most.equal_lines' }} as contacts
        from {{ relation }}
        inner join lines
            on
                {{ relation }}._sequence = lines._sequence
                and {{ relation }}.{{ '_row_number' if relation == 'named' else 'first_row' }}
                = lines._row_number
        where {{ relation }}.version = 1
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

owners as (

    select
        phone_hash,
        min(lead_id) as lead_id,
        min({{ surrogate_key(['source_system', 'lead_id']) }}) as lead_key
    from {{ ref('int_leads__unioned') }}
    group by phone_hash
    having count(*) = 1

),

-- An id that files and another system have is the files' lead.
phones as (

    select owners.phone_hash
    from owners
    inner join {{ ref('int_lead_ids__resolved') }} as lead_ids
        on
            owners.lead_id = lead_ids.lead_id
            and owners.lead_key = lead_ids.lead_key
            and lead_ids.source_system = 'inbox'

),

final as (

    select
        'inbox' as source_system,
        coalesce(words.touch_type, 'outreach') as touch_type,
        kept.contacted,
        coalesce(kept.responded, kept.contacted) as occurred_at,
        kept.is_response
        and coalesce(
            nullif(trim(kept.lead_id), ''), nullif(trim(kept.email_hash), ''), phones.phone_hash
        ) is not null as is_touch,
        kept.contacts as touches,
        kept.cost,
        kept.currency
    from kept
    left join {{ ref('outreach_type_words') }} as words
        on {{ bare_word('kept.outreach_type') }} = words.outreach_type_word
    left join phones on nullif(trim(kept.phone_hash), '') = phones.phone_hash

)

select * from final
