-- A referrer is looked up by its location: its host; its host and path where the list has an entry
-- for that path (x.com/i/grok); an app by its name, which reads from the other end:
-- com.google.earth is not a host below google.earth.
with

touchpoints as (

    select referrer from {{ ref('int_touchpoints__gathered') }}
    where referrer <> ''
    group by referrer

),

referrer_domains as (

    select * from {{ ref('referrer_domains') }}

),

paths as (

    select
        domain,
        {{ regex_extract('domain', "'^([^/]+)/'") }} as path_host,
        '%' || replace({{ regex_extract('domain', "'^[^/]+(/.+)$'") }}, '_', '!_') || '%'
            as like_pattern
    from referrer_domains
    where domain like '%/%'

),

hosts as (

    select
        referrer,
        {{ url_host('referrer') }} as referrer_host,
        {{ regex_match('referrer', "'^ *[a-zA-Z]+-app:'") }} as is_app
    from touchpoints

),

known as (

    select
        referrer,
        referrer_host,
        is_app,
        {{ any_top_level_domain('referrer_host') }} as any_host
    from hosts

),

on_paths as (

    select
        known.referrer,
        max(paths.domain) as domain
    from known
    inner join paths
        on
            (known.referrer_host = paths.path_host or known.any_host = paths.path_host)
            and lower(known.referrer) like paths.like_pattern escape '!'
    group by known.referrer

),

final as (

    select
        known.referrer,
        known.referrer_host,
        coalesce(
            on_paths.domain,
            case when known.is_app then 'app:' else '' end || known.referrer_host
        ) as referrer_location
    from known
    left join on_paths on known.referrer = on_paths.referrer

)

select * from final
