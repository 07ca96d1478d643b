-- The query and fragment of each landing page, cut into parameters. A page without = has none, and
-- only parameters go on that mean something to us or that a company's rule asks for. Each ? or #
-- begins a set of its own: what was added after it was added later, nearer the click.
with

touchpoints as (

    select landing_page from {{ ref('int_touchpoints__unioned') }}

),

leads as (

    select landing_page from {{ ref('int_leads__unioned') }}

),

landing_parameters as (

    select * from {{ ref('landing_parameters') }}

),

alternatives as (

    select * from {{ ref('int_rule_alternatives__split') }}
    where dimension = 'landing_parameter'

),

names as (

    select parameter
    from landing_parameters
    union
    select {{ regex_extract('alternative', "'^([^=]+)='") }} as parameter
    from alternatives

),

pages as (

    select landing_page
    from touchpoints
    where landing_page like '%=%' or lower(landing_page) like '%!%3d%' escape '!'
    union
    select landing_page
    from leads
    where landing_page like '%=%' or lower(landing_page) like '%!%3d%' escape '!'

),

separated as (

    select
        landing_page,
        {{ regex_extract('marked', "'[?#&].*$'", 0) }} as query
    from (
        select
            landing_page,
            case
                when landing_page like '%;%' or landing_page like '%!%%' escape '!'
                    then {{ page_with_plain_separators('landing_page') }}
                else landing_page
            end as marked
        from pages
    ) as marked_pages

),

queries as (

    select
        landing_page,
        '&' || replace(replace(query, '#', '&#&'), '?', '&#&') || '&' as query
    from separated

),

elements as (
    {{ split_rows('queries', 'query', '&', keep=['landing_page', 'query']) }}
),

named as (

    select
        landing_page,
        query,
        element,
        lower(trim({{ regex_extract('element', "'^([^=]+)='") }})) as parameter
    from elements

),

placed as (

    select
        named.landing_page,
        named.parameter,
        trim({{ fully_decoded(regex_extract('named.element', "'=(.*)$'")) }}) as value,
        {{ dbt.position("'&' || named.element || '&'", 'named.query') }} as place,
        named.query
    from named
    inner join names on named.parameter = names.parameter

),

final as (

    select
        landing_page,
        parameter,
        value,
        place,
        length(substring(query, 1, place)) - length(replace(substring(query, 1, place), '#', ''))
            as set_number,
        {{ says_something('value') }} as is_said
    from placed
    where value <> ''

)

select * from final
