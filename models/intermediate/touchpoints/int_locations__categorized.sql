-- A location is the host of a referrer or the value of utm_source. It is looked up under each of
-- its parents (a.b.c: a.b.c, b.c), each also with its top-level domain as *; the longest entry
-- wins, and the company's own domains come first. Names without a dot match only as a whole, so
-- that nobody's `example.social` is taken for the source called "social"; so do apps.
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
        {{ regex_replace(
            'domain',
            "'[.](?:(?:com?|org|net|ac|edu|gov|gob|or|ne|go)[.][a-z]{2}|[a-z]{2,})$'",
            "'.*'"
        ) }} as domain,
        length(domain) as specificity
    from parents
    where domain like '%.%' and domain not like 'app:%'

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
        category,
        ga4_category,
        keyword_parameters,
        name,
        1 as precedence
    from referrer_domains

),

ranked as (

    select
        candidates.location,
        entries.category,
        entries.ga4_category,
        entries.keyword_parameters,
        entries.name,
        candidates.domain = candidates.location as is_whole,
        row_number() over (
            partition by candidates.location
            order by entries.precedence asc, candidates.specificity desc, entries.domain desc
        ) as choice
    from candidates
    inner join entries on candidates.domain = entries.domain

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
