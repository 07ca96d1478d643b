{{ config(enabled=delivered('content')) }}

-- Which piece of content a touch or a page view shows: the one whose id or title the touch names,
-- else the listed one of its page, the longest pattern first, else, where the configuration says
-- that such a page is content, the page itself. Each distinct place is looked up once.
with

listed as (

    select
        source_system || ':' || content_id as reference,
        lower(trim(content_id)) as id_word,
        lower(title) as title_word,
        case when page_url <> '' then {{ page_of('page_url') }} end as page
    from {{ ref('int_content__unioned') }}

),

configured as (

    select * from {{ ref('stg_ops__content_patterns') }}

),

landed as (

    select landing_page
    from {{ ref('fct_touchpoints') }}
    where landing_page <> ''
    group by landing_page

),

places as (

    select
        'landing_page' as place_kind,
        landing_page as place,
        {{ page_host(page_address('landing_page')) }} as host,
        {{ page_path(page_address('landing_page')) }} as page_path
    from landed
    {% if delivered('page_views') %}
        union all
        select
            'page' as place_kind,
            url as place,
            coalesce(host, '') as host,
            {{ page_path('url') }} as page_path
        from {{ ref('dim_pages') }}
        where page_key <> 'unknown'
    {% endif %}

),

pages as (

    select
        host || page_path as page,
        page_path
    from places
    group by host || page_path, page_path

),

-- A pattern that begins with a slash is of a path, on any host.
spellings as (

    select
        page,
        page as spelling
    from pages
    union all
    select
        page,
        page_path as spelling
    from pages
    where page <> page_path

),

candidates as (

    select
        spellings.page,
        listed.reference,
        1 as precedence,
        -length(listed.page) as distance
    from spellings
    inner join listed on spellings.spelling = listed.page
    union all
    select
        spellings.page,
        listed.reference,
        2 as precedence,
        -length(listed.page) as distance
    from spellings
    inner join listed
        on
            listed.page like '%*%'
            and {{ wildcard_match(
                'spellings.spelling', like_pattern('listed.page'),
                wildcard_expression('listed.page')
            ) }}
    union all
    select
        spellings.page,
        'page:' || spellings.page as reference,
        3 as precedence,
        configured.place as distance
    from spellings
    inner join configured
        on {{ wildcard_match(
            'spellings.spelling', 'configured.like_pattern', 'configured.expression'
        ) }}

),

ranked as (

    select
        page,
        reference,
        row_number() over (
            partition by page order by precedence, distance, reference
        ) as choice
    from candidates

),

named as (

    select content
    from {{ ref('fct_touchpoints') }}
    where content <> ''
    group by content

),

ids as (

    select
        id_word,
        min(reference) as reference
    from listed
    group by id_word

),

-- A title that two pieces have names neither.
titles as (

    select
        title_word,
        min(reference) as reference
    from listed
    where title_word <> ''
    group by title_word
    having count(*) = 1

),

names as (

    select
        'content' as place_kind,
        named.content as place,
        ids.reference
    from named
    inner join ids on lower(trim(named.content)) = ids.id_word
    union all
    select
        'title' as place_kind,
        named.content as place,
        titles.reference
    from named
    inner join titles on lower(trim(named.content)) = titles.title_word

),

final as (

    select
        places.place_kind,
        places.place,
        ranked.reference,
        {{ surrogate_key(['ranked.reference']) }} as content_key
    from places
    inner join ranked on places.host || places.page_path = ranked.page and ranked.choice = 1
    union all
    select
        place_kind,
        place,
        reference,
        {{ surrogate_key(['reference']) }} as content_key
    from names

)

select * from final
