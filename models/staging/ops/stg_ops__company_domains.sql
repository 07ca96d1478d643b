with

company_domains as (
    select * from {{ source('ops', 'company_domains') }}
),

hosts as (
    select {{ url_host('domain') }} as domain
    from company_domains
),

final as (
    select domain
    from hosts
    where domain is not null
    group by domain
)

select * from final
