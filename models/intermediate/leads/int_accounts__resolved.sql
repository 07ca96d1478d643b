-- A file may name accounts by the CRM's ids, as it may name leads (int_lead_ids__resolved).
with

leads as (

    select
        source_system,
        {{ account_ref('account_id', 'account_name') }} as account_ref,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(account_name), '') as account_name,
        created_at
    from {{ ref('int_leads__unioned') }}

),

opportunities as (

    select
        source_system,
        nullif(trim(account_id), '') as account_ref,
        nullif(trim(account_id), '') as account_id,
        cast(null as {{ dbt.type_string() }}) as account_name,
        created_at
    from {{ ref('int_opportunities__unioned') }}

),

named as (

    select * from leads
    where account_ref is not null
    union all
    select * from opportunities
    where account_ref is not null

),

accounts as (

    select
        source_system,
        account_ref,
        min(account_id) as account_id,
        max(account_name) as account_name,
        min(created_at) as first_seen_at
    from named
    group by source_system, account_ref

),

leads_accounts as (

    select
        source_system,
        account_ref
    from leads
    where account_ref is not null
    group by source_system, account_ref

),

crm_accounts as (

    select
        account_ref,
        min(source_system) as source_system
    from leads_accounts
    where source_system <> 'inbox'
    group by account_ref
    having count(*) = 1

),

owned as (

    select
        accounts.*,
        case
            when accounts.source_system = 'inbox' and leads_accounts.account_ref is null
                then coalesce(crm_accounts.source_system, accounts.source_system)
            else accounts.source_system
        end as owner_system
    from accounts
    left join leads_accounts
        on
            accounts.source_system = leads_accounts.source_system
            and accounts.account_ref = leads_accounts.account_ref
    left join crm_accounts on accounts.account_ref = crm_accounts.account_ref

),

final as (

    select
        source_system,
        account_ref,
        {{ surrogate_key(['owner_system', 'account_ref']) }} as account_key,
        owner_system,
        account_id,
        account_name,
        first_seen_at
    from owned

)

select * from final
