{{ config(enabled=delivered('referrals')) }}

-- A referral's id is the one its file states. Without one it is made of the row's content and its
-- occurrence number: two equal lines of one file are two referrals, in two files they are one.
with

slices as (

    select * from {{ ref('stg_inbox__slices') }}

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

referrals as (

    select * from {{ source('inbox', 'referrals') }}

),

kept_lines as (

    select
        referrals.*,
        nullif(trim(referrals.referral_id), '') as stated_id,
        {{ surrogate_key([
            'referrals.referred_by', 'referrals.referred_at', 'referrals.lead_id',
            'referrals.email_hash', 'referrals.cost', 'referrals.currency',
        ]) }} as content_key
    from referrals
    inner join slices on referrals._slice_id = slices.slice_id

),

numbered as (

    select
        *,
        coalesce(
            stated_id,
            content_key || ':' || cast(
                row_number() over (
                    partition by _slice_id, content_key, stated_id is null order by _row_number
                ) as {{ dbt.type_string() }}
            )
        ) as identity
    from kept_lines

),

versions as (

    select
        numbered.*,
        company.reporting_timezone,
        row_number() over (
            partition by numbered.identity
            order by numbered._sequence desc, numbered._row_number desc
        ) as version
    from numbered
    cross join company

),

final as (

    select
        'inbox' as source_system,
        {{ surrogate_key(['identity']) }} as referral_id,
        trim(referred_by) as referred_by,
        nullif(trim(lead_id), '') as lead_id,
        nullif(trim(email_hash), '') as email_hash,
        {{ known_from('referred_at', 'reporting_timezone') }} as referred_at,
        {{ known_until('referred_at', 'reporting_timezone') }} as referred_until,
        cost,
        currency
    from versions
    where version = 1

)

select * from final
