with

accounts as (

    select
        account_key,
        min(owner_system) as source_system,
        min(account_id) as account_id,
        max(account_name) as account_name,
        min(first_seen_at) as first_seen_at
    from {{ ref('int_accounts__resolved') }}
    group by account_key

),

leads as (

    select
        account_key,
        count(*) as leads,
        count(distinct person_key) as people,
        max(case when is_customer then 1 else 0 end) as customers
    from {{ ref('fct_leads') }}
    group by account_key

),

final as (

    select
        accounts.account_key,
        accounts.account_id,
        accounts.account_name,
        accounts.source_system,
        cast(coalesce(leads.leads, 0) as bigint) as leads,
        cast(coalesce(leads.people, 0) as bigint) as people,
        coalesce(leads.customers = 1, false) as is_customer,
        accounts.first_seen_at
    from accounts
    left join leads on accounts.account_key = leads.account_key

    union all

    select
        'unknown' as account_key,
        cast(null as {{ dbt.type_string() }}) as account_id,
        cast(null as {{ dbt.type_string() }}) as account_name,
        'unknown' as source_system,
        cast(0 as bigint) as leads,
        cast(0 as bigint) as people,
        false as is_customer,
        cast(null as timestamp) as first_seen_at

)

select * from final
