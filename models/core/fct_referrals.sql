{{ config(enabled=delivered('referrals')) }}

-- Besides the lists of referrals, leads say who referred them. Of several who recommended us to one
-- person the first counts; nobody recommends us to themselves.
with

leads as (

    select * from {{ ref('fct_leads') }}

),

lead_ids as (

    select * from {{ ref('int_lead_ids__resolved') }}

),

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where touchpoint_id like 'referral:%'

),

listed as (

    select
        referrals.source_system,
        'referral:' || referrals.referral_id as referral_id,
        referrals.referred_by,
        touchpoints.person_key,
        touchpoints.touchpoint_key,
        referrals.referred_at
    from {{ ref('int_referrals__unioned') }} as referrals
    left join touchpoints
        on
            referrals.source_system = touchpoints.source_system
            and 'referral:' || referrals.referral_id = touchpoints.touchpoint_id

),

stated as (

    select
        source_system,
        'lead:' || lead_id as referral_id,
        trim(referred_by) as referred_by,
        person_key,
        cast(null as {{ dbt.type_string() }}) as touchpoint_key,
        created_at as referred_at
    from leads
    where trim(referred_by) <> ''

),

gathered as (

    select * from listed
    union all
    select * from stated

),

known as (

    select
        gathered.*,
        coalesce(advocates.lead_key, 'unknown') as advocate_lead_key,
        case
            when advocates.person_key is not null and advocates.person_key <> 'unknown'
                then advocates.person_key
            else {{ surrogate_key(['lower(gathered.referred_by)']) }}
        end as advocate_key
    from gathered
    left join lead_ids
        on
            gathered.source_system = lead_ids.source_system
            and gathered.referred_by = lead_ids.lead_id
    left join leads as advocates on lead_ids.lead_key = advocates.lead_key

),

company as (

    select reporting_timezone from {{ ref('stg_ops__company') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by case when person_key = 'unknown' then referral_id else person_key end
            order by
                case when advocate_key = person_key then 1 else 0 end, referred_at, referral_id
        ) as turn
    from known

),

final as (

    select
        ---------- ids
        {{ surrogate_key(['ranked.source_system', 'ranked.referral_id']) }} as referral_key,
        ranked.source_system,
        ranked.advocate_key,
        ranked.advocate_lead_key,
        ranked.person_key,
        ranked.touchpoint_key,

        ---------- booleans
        ranked.turn = 1 as is_first,

        ---------- timestamps
        ranked.referred_at,

        ---------- dates
        {{ local_day('ranked.referred_at', 'company.reporting_timezone') }} as referred_on
    from ranked
    cross join company

)

select * from final
