{{ config(enabled=delivered('social_post_days')) }}

with

days as (

    select * from {{ ref('int_social_post_days__unioned') }}

),

networks as (

    select * from {{ ref('int_social_networks__named') }}

),

final as (

    select
        ---------- ids
        {{ surrogate_key(['days.source_system', 'days.network', 'days.post_id']) }} as post_key,
        days.source_system,
        days.date_day,

        ---------- strings
        days.post_id,
        coalesce(networks.network, days.network) as network,

        ---------- numerics
        days.impressions,
        days.engagements,
        days.clicks
    from days
    left join networks on days.network = networks.text

)

select * from final
