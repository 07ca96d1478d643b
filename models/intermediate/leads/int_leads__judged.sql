-- Whether a lead was real. An address says most, then what people state; a reason says more than a
-- status, and in `Unqualified - spam` the part after the sign more than the one before. Whoever
-- bought was real, whatever a status says; so is what no rule knows.
{%- set parts = "'^(.*?)( +[-–—] +| *[:/(|>] *)(.*)$'" %}
with

leads as (

    select
        leads.*,
        progressed.is_customer as has_bought,
        {{ something_or_null('leads.lead_status') }} as status_text,
        {{ something_or_null('leads.disqualification_reason') }} as reason_text
    from {{ ref('int_leads__identified') }} as leads
    inner join {{ ref('int_leads__progressed') }} as progressed
        on leads.lead_key = progressed.lead_key

),

rules as (

    select * from {{ ref('stg_ops__lead_quality_rules') }}

),

spell as (

    select within_days
    from rules
    where code = ''

),

stated as (

    select
        lead_key,
        {{ normalized_code('status_text') }} as status_code,
        {{ normalized_code(regex_extract('status_text', parts, 1)) }} as first_code,
        {{ normalized_code(regex_extract('status_text', parts, 3)) }} as last_code,
        nullif(
            trim({{ regex_replace(regex_extract('status_text', parts, 3), "'[)]+ *$'", "''") }}),
            ''
        ) as last_text,
        {{ normalized_code('reason_text') }} as reason_code
    from leads
    where status_text is not null or reason_text is not null

),

meant as (

    select
        stated.lead_key,
        by_reason.quality as reason_quality,
        stated.reason_code is not null as has_reason,
        case when by_first.quality is not null then stated.last_text end as detail,
        coalesce(
            by_status.quality,
            case when by_first.quality is not null then by_last.quality end,
            by_first.quality
        ) as status_quality
    from stated
    left join rules as by_reason on stated.reason_code = by_reason.code
    left join rules as by_status on stated.status_code = by_status.code
    left join rules as by_first on stated.first_code = by_first.code
    left join rules as by_last on stated.last_code = by_last.code

),

-- A reason that no rule knows disqualifies, unless a rule says that the status is valid.
said as (

    select
        lead_key,
        detail,
        coalesce(
            reason_quality,
            case
                when has_reason and coalesce(status_quality, '') <> 'valid' then 'disqualified'
            end,
            status_quality
        ) as quality
    from meant

),

followed as (

    select
        leads.*,
        lag(leads.created_at) over (
            partition by leads.person_key order by leads.created_at, leads.lead_key
        ) as was_lead_at
    from leads

),

judged as (

    select
        followed.*,
        said.quality as said_quality,
        said.detail,
        case
            when followed.email_kind = 'internal' or said.quality = 'internal' then 'internal'
            when followed.email_kind = 'test' or said.quality = 'test' then 'test'
            when followed.has_bought then 'valid'
            when said.quality is not null then said.quality
            when
                {{ epoch_micros('followed.created_at') }}
                - {{ epoch_micros('followed.was_lead_at') }}
                < spell.within_days * {{ micros_of_a_day() }}
                then 'duplicate'
            else 'valid'
        end as quality
    from followed
    left join said on followed.lead_key = said.lead_key
    left join spell on 1 = 1

),

final as (

    select
        lead_key,
        quality,
        case
            when quality = 'valid' then null
            when quality = said_quality then coalesce(trim(reason_text), detail, trim(status_text))
            when quality = 'duplicate' then 'the person was a lead shortly before'
            else 'address'
        end as quality_reason
    from judged

)

select * from final
