-- Small numbers for the members, so that steps do not hold keys of text. A member keeps its number:
-- steps of earlier runs hold it.
{{ config(materialized='incremental', incremental_strategy='append') }}

with

lead_sources as (

    select * from {{ ref('dim_lead_sources') }}

),

lead_channels as (

    select * from {{ ref('dim_lead_channels') }}

),

members as (

    select
        'lead_source' as dimension,
        lead_source_key as member_key
    from lead_sources
    union all
    select
        'lead_channel' as dimension,
        lead_channel_key as member_key
    from lead_channels

),

{% if is_incremental() %}
    numbered as (

        select
            dimension,
            member_key,
            member_number
        from {{ this }}

    ),

    fresh as (

        select members.*
        from members
        left join numbered
            on
                members.dimension = numbered.dimension
                and members.member_key = numbered.member_key
        where numbered.member_key is null

    ),

    taken as (

        select coalesce(max(member_number), 0) as highest
        from numbered

    ),

{% else %}
    fresh as (

        select * from members

    ),

    taken as (

        select 0 as highest

    ),

{% endif %}

final as (

    select
        fresh.dimension,
        fresh.member_key,
        cast(
            taken.highest
            + row_number() over (order by fresh.dimension asc, fresh.member_key asc) as integer
        ) as member_number
    from fresh
    cross join taken

)

select * from final
