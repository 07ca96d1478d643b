{{ config(enabled=delivered('content')) }}

-- What a list has, and pages that the configuration calls content and somebody met. Topic and
-- format that a list leaves out are those of the first pattern that its page meets.
with

listed as (

    select
        {{ surrogate_key(["source_system || ':' || content_id"]) }} as content_key,
        content_id,
        source_system,
        title,
        {{ normalized_code('topic') }} as topic,
        {{ normalized_code('format') }} as format,
        case when page_url <> '' then {{ page_of('page_url') }} end as url,
        case when page_url <> '' then {{ page_path(page_address('page_url')) }} end as page_path,
        published_at,
        true as is_declared
    from {{ ref('int_content__unioned') }}

),

met as (

    select
        content_key,
        min({{ regex_replace('reference', "'^page:'", "''") }}) as url
    from {{ ref('int_content__met') }}
    where reference like 'page:%'
    group by content_key

),

found as (

    select
        content_key,
        url as content_id,
        'pages' as source_system,
        cast(null as {{ dbt.type_string() }}) as title,
        cast(null as {{ dbt.type_string() }}) as topic,
        cast(null as {{ dbt.type_string() }}) as format,
        url,
        {{ page_path('url') }} as page_path,
        cast(null as timestamp) as published_at,
        false as is_declared
    from met

),

gathered as (

    select * from listed
    union all
    select * from found

),

configured as (

    select * from {{ ref('stg_ops__content_patterns') }}

),

patterns as (

    select
        gathered.content_key,
        {{ normalized_code('configured.topic') }} as topic,
        {{ normalized_code('configured.format') }} as format,
        row_number() over (partition by gathered.content_key order by configured.place) as choice
    from gathered
    inner join configured
        on
            {{ wildcard_match(
                'gathered.url', 'configured.like_pattern', 'configured.expression'
            ) }}
            or {{ wildcard_match(
                'gathered.page_path', 'configured.like_pattern', 'configured.expression'
            ) }}

),
{% if delivered('page_views') %}

    pages as (

        select
            url,
            title
        from {{ ref('dim_pages') }}

    ),
{% endif %}

final as (

    select
        ---------- ids
        gathered.content_key,
        gathered.content_id,
        gathered.source_system,

        ---------- strings
        coalesce(
            gathered.title,
            {% if delivered('page_views') %}
                pages.title,
            {% endif %}
            gathered.content_id
        ) as title,
        coalesce(gathered.topic, patterns.topic, 'unknown') as topic,
        coalesce(gathered.format, patterns.format, 'unknown') as format,
        gathered.url,

        ---------- booleans
        gathered.is_declared,

        ---------- timestamps
        gathered.published_at
    from gathered
    left join patterns on gathered.content_key = patterns.content_key and patterns.choice = 1
    {% if delivered('page_views') %}
        left join pages on gathered.url = pages.url
    {% endif %}

)

select * from final
