-- Which advertising network the codes of platforms and sources mean, by their words: utm_source
-- `facebook` and platform `meta_ads` are one. A code that names two networks names none.
with

campaigns as (

    select * from {{ ref('int_campaigns__versioned') }}

),

touchpoints as (

    select utm_source
    from {{ ref('int_touchpoints__prepared') }}
    group by utm_source

),

click_id_types as (

    select * from {{ ref('click_id_types') }}

),

ad_networks as (

    select * from {{ ref('ad_networks') }}

),

codes as (

    select {{ normalized_code('platform') }} as code
    from campaigns
    union all
    select {{ normalized_code('utm_source') }} as code
    from touchpoints
    union all
    select {{ normalized_code('platform') }} as code
    from click_id_types

),

distinct_codes as (

    select code
    from codes
    where code is not null
    group by code

),

matched as (

    select
        distinct_codes.code,
        min(ad_networks.network) as first_network,
        max(ad_networks.network) as last_network
    from distinct_codes
    inner join ad_networks
        on
            ' ' || replace(distinct_codes.code, '_', ' ') || ' '
            like '% ' || ad_networks.word || ' %'
    group by distinct_codes.code

),

final as (

    select
        code,
        first_network as network
    from matched
    where first_network = last_network

)

select * from final
