-- Search engines name the parameter of the search term differently; the one that comes first in
-- the seed's list counts. A term with an @ is somebody's address and is left out.
with

referrers as (

    select
        referrer,
        referrer_location
    from {{ ref('int_touchpoints__prepared') }}
    where
        (referrer like '%=%' or lower(referrer) like '%!%3d%' escape '!')
        and referrer_location is not null
    group by referrer, referrer_location

),

engines as (

    select * from {{ ref('int_locations__categorized') }}
    where keyword_parameters <> ''

),

urls as (

    select
        referrers.referrer,
        '|' || engines.keyword_parameters || '|' as parameters,
        -- One that was percent-encoded as a whole has no ? of its own.
        case
            when referrers.referrer like '%?%' or referrers.referrer like '%#%'
                then referrers.referrer
            else {{ url_decoded('referrers.referrer') }}
        end as url
    from referrers
    inner join engines on referrers.referrer_location = engines.location

),

queries as (

    select
        referrer,
        parameters,
        replace({{ regex_extract('url', "'[?#](.*)$'") }}, '#', '&') as query
    from urls

),

pairs as (
    {{ split_rows('queries', 'query', '&', keep=['referrer', 'parameters']) }}
),

named as (

    select
        referrer,
        parameters,
        '|' || lower({{ regex_extract('element', "'^([^=]+)='") }}) || '|' as parameter,
        trim({{ cut(url_decoded(regex_extract('element', "'=(.*)$'"))) }}) as keyword
    from pairs

),

ranked as (

    select
        referrer,
        keyword,
        row_number() over (
            partition by referrer
            order by {{ dbt.position('parameter', 'parameters') }} asc, keyword asc
        ) as choice
    from named
    where
        parameter <> '||'
        and {{ dbt.position('parameter', 'parameters') }} > 0
        and keyword <> ''
        and keyword not like '%@%'

),

final as (

    select
        referrer,
        keyword
    from ranked
    where choice = 1

)

select * from final
