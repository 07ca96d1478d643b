with

internal_hosts as (
    select * from {{ source('ops', 'internal_hosts') }}
),

hosts as (
    select {{ url_host('domain') }} as domain
    from internal_hosts
),

final as (
    select domain
    from hosts
    where domain is not null
    group by domain
)

select * from final
