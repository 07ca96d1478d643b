{{ config(materialized='ephemeral', enabled=delivered('referrals')) }}

-- A referral with an id counts once, as in its newest file; equal lines without one count as often
-- as in the one file that has most of them.
with

lines as (

    select
        referrals.*,
        {{ known_from('referrals.referred_at', 'company.reporting_timezone') }} as happened_at,
        nullif(trim(referrals.referral_id), '') as stated_id,
        {{ surrogate_key([
            'referrals.referred_by', 'referrals.referred_at', 'referrals.lead_id',
            'referrals.email_hash', 'referrals.cost', 'referrals.currency',
        ]) }} as content
    from {{ source('inbox', 'referrals') }} as referrals
    cross join {{ ref('stg_ops__company') }} as company
    inner join {{ ref('stg_reconciliation__newest_files') }} as newest_files
        on
            newest_files.stream = 'referrals'
            and referrals._account_id = newest_files.account_id
            and referrals._sequence = newest_files.sequence

),

named as (

    select
        *,
        row_number() over (
            partition by stated_id order by _sequence desc, _row_number desc
        ) as version
    from lines
    where stated_id is not null

),

counted as (

    select
        content,
        min(happened_at) as happened_at,
        min(cost) as cost,
        min(currency) as currency,
        count(*) as equal_lines
    from lines
    where stated_id is null
    group by content, _sequence

),

final as (

    select
        'inbox' as source_system,
        'referral' as touch_type,
        happened_at as occurred_at,
        cast(1 as bigint) as touches,
        cost,
        upper(trim(currency)) as currency
    from named
    where version = 1
    union all
    select
        'inbox' as source_system,
        'referral' as touch_type,
        min(happened_at) as occurred_at,
        max(equal_lines) as touches,
        min(cost) as cost,
        upper(trim(min(currency))) as currency
    from counted
    group by content

)

select * from final
