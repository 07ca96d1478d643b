-- A location is the host of a referrer or the value of utm_source. It is looked up under each of
-- its parents (a.b.c: a.b.c, b.c), each also with its top-level domain as *; the longest entry
-- wins, and what the company itself says comes first. Names without a dot match only as a whole, so
-- that no `example.social` is taken for the source called "social"; so do apps and paths. An
-- entry with a dot in front is for the hosts below, not for itself; a label such as `webmail.` says
-- what a host is unless the whole host is listed.
with

touchpoints as (

    select
        referrer_location,
        lower(trim(utm_source)) as tagged_source
    from {{ ref('int_touchpoints__prepared') }}

),

company_domains as (

    select * from {{ ref('stg_ops__company_domains') }}

),

unwanted_referrers as (

    select * from {{ ref('stg_ops__unwanted_referrers') }}

),

host_labels as (

    select
        {{ like_pattern('label') }} as like_pattern,
        category,
        is_site
    from {{ ref('referrer_host_labels') }}

),

referrer_domains as (

    select * from {{ ref('referrer_domains') }}

),

locations as (

    select referrer_location as location
    from touchpoints
    where referrer_location is not null
    union
    select tagged_source as location
    from touchpoints
    where tagged_source <> ''

),

hosts as (

    select
        location,
        case
            when location like 'app:%' then location
            else coalesce({{ url_host('location') }}, location)
        end as host
    from locations

),

parents as (

    select
        location,
        host as domain
    from hosts
    {% for labels in [2, 3, 4, 5] %}
        union
        select
            location,
            {{ regex_extract('host', "'(?:[^.]+[.]){" ~ (labels - 1) ~ "}[^.]+$'", 0) }} as domain
        from hosts
        where host not like 'app:%'
    {% endfor %}

),

candidates as (

    select
        location,
        domain,
        length(domain) as specificity
    from parents
    where domain <> ''
    union
    select
        location,
        {{ any_top_level_domain('domain') }} as domain,
        length(domain) as specificity
    from parents
    where domain like '%.%' and domain not like 'app:%'
    union
    select
        parents.location,
        '.' || {{ any_top_level_domain('parents.domain') }} as domain,
        length(parents.domain) + 1 as specificity
    from parents
    inner join hosts on parents.location = hosts.location
    where parents.domain <> '' and parents.domain <> hosts.host
    union
    select
        location,
        location as domain,
        length(location) as specificity
    from locations
    where location like '%/%'

),

leading_labels as (

    select
        location,
        {{ regex_extract('host', "'^(.+)[.][^.]+[.][^.]+$'") }} as front
    from hosts
    where host like '%.%.%' and host not like 'app:%'

),

-- Labels before the last two: mail.example.org, and not mail.ru.
labels as (
    {{ split_rows('leading_labels', 'front', '.', keep=['location']) }}
),

labelled as (

    select
        location,
        min(category) as category
    from (
        select
            labels.location,
            host_labels.category
        from labels
        inner join host_labels on labels.element like host_labels.like_pattern escape '!'
        union all
        select
            hosts.location,
            host_labels.category
        from hosts
        inner join host_labels
            on host_labels.is_site and hosts.host like host_labels.like_pattern escape '!'
        where hosts.host like '%.%' and hosts.host not like 'app:%'
    ) as labelled_hosts
    group by location

),

entries as (

    select
        domain,
        'own' as category,
        cast(null as {{ dbt.type_string() }}) as ga4_category,
        cast(null as {{ dbt.type_string() }}) as keyword_parameters,
        domain as name,
        0 as precedence
    from company_domains
    union all
    select
        domain,
        'unwanted' as category,
        cast(null as {{ dbt.type_string() }}) as ga4_category,
        cast(null as {{ dbt.type_string() }}) as keyword_parameters,
        domain as name,
        1 as precedence
    from unwanted_referrers
    union all
    select
        domain,
        category,
        ga4_category,
        keyword_parameters,
        name,
        2 as precedence
    from referrer_domains

),

found as (

    select
        candidates.location,
        candidates.domain,
        candidates.specificity,
        candidates.domain = candidates.location as is_whole,
        entries.category,
        entries.ga4_category,
        entries.keyword_parameters,
        entries.name,
        entries.precedence
    from candidates
    inner join entries on candidates.domain = entries.domain
    union all
    select
        hosts.location,
        hosts.host as domain,
        -- Below the whole host, above all of its parents.
        length(hosts.host) - 1 as specificity,
        false as is_whole,
        labelled.category,
        cast(null as {{ dbt.type_string() }}) as ga4_category,
        cast(null as {{ dbt.type_string() }}) as keyword_parameters,
        hosts.host as name,
        2 as precedence
    from labelled
    inner join hosts on labelled.location = hosts.location

),

ranked as (

    select
        *,
        row_number() over (
            partition by location
            order by precedence asc, specificity desc, domain desc, category asc
        ) as choice
    from found

),

final as (

    select
        locations.location,
        ranked.category,
        case when ranked.is_whole then ranked.ga4_category end as ga4_category,
        ranked.keyword_parameters,
        ranked.name
    from locations
    left join ranked on locations.location = ranked.location and ranked.choice = 1

)

select * from final
