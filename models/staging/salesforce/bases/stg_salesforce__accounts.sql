{{ config(enabled=delivered(by='salesforce')) }}

-- Every account ever read, as what is left of it. The name of one that is a person is a person's.
with

accounts as (
    {{ newest_versions(source('salesforce', 'accounts'), ['account_id']) }}
),

names as (

    select
        {{ salesforce_id('account_id') }} as account_id,
        {{ salesforce_id('merged_into') }} as merged_into,
        case when not coalesce(is_person, false) then nullif(trim(name), '') end as account_name,
        _sequence
    from accounts

),

direct_merges as (

    select
        account_id as merged_lead_id,
        merged_into as surviving_lead_id,
        row_number() over (order by _sequence, account_id) as claim
    from names
    where merged_into <> account_id

),

followed as (
    {{ followed_merges('direct_merges') }}
),

final as (

    select
        names.account_id,
        survivors.account_id as surviving_id,
        survivors.account_name
    from names
    left join followed on names.account_id = followed.merged_lead_id
    inner join names as survivors
        on coalesce(followed.surviving_lead_id, names.account_id) = survivors.account_id

)

select * from final
