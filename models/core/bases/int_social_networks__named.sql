{{ config(enabled=delivered('touchpoints') or delivered('ad_spend') or delivered('social_posts')
    or delivered('social_post_days')) }}

-- Names by their words, hosts by their ends. A name of two networks names neither.
with

texts as (

    select referrer_host as text
    from {{ ref('fct_touchpoints') }}
    where referrer_host is not null
    union distinct
    select lower(trim(utm_source)) as text
    from {{ ref('int_touchpoints__prepared') }}
    where nullif(trim(utm_source), '') is not null
    union distinct
    select platform as text
    from {{ ref('fct_ad_spend') }}
    union distinct
    select platform as text
    from {{ ref('click_id_types') }}
    where platform is not null
    {% for shape in ['social_posts', 'social_post_days'] if delivered(shape) %}
        union distinct
        select lower(trim(network)) as text
        from {{ ref('int_' ~ shape ~ '__unioned') }}
    {% endfor %}

),

words as (

    select
        *,
        word like '%.%' as is_host
    from {{ ref('social_networks') }}

),

coded as (

    select
        text,
        ' ' || replace({{ normalized_code('text') }}, '_', ' ') || ' ' as spaced
    from texts
    where text is not null

),

matched as (

    select
        coded.text,
        min(words.network) as network,
        max(words.network) as last_network,
        min(words.ad_network) as ad_network
    from coded
    inner join words
        on
            (not words.is_host and coded.spaced like '% ' || words.word || ' %')
            or (
                words.is_host
                and (coded.text = words.word or coded.text like '%.' || words.word)
            )
    group by coded.text

),

final as (

    select
        text,
        network,
        ad_network
    from matched
    where network = last_network

)

select * from final
