with

unwanted_referrers as (
    select * from {{ source('ops', 'unwanted_referrers') }}
),

hosts as (
    select {{ url_host('domain') }} as domain
    from unwanted_referrers
),

final as (
    select domain
    from hosts
    where domain is not null
    group by domain
)

select * from final
