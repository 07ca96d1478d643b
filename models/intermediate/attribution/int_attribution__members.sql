-- Small numbers for the members, so that sorting ten million steps does not move keys of text.
-- A member's bit says its place in the set of a path (four words of 62 bits); from the 248th most
-- frequent on members share one bit in proportion to their touches.
with

touchpoints as (

    select * from {{ ref('fct_touchpoints') }}
    where is_eligible

),

counted as (

    select
        'lead_source' as dimension,
        lead_source_key as member_key,
        count(*) as touches
    from touchpoints
    group by lead_source_key
    union all
    select
        'lead_channel' as dimension,
        lead_channel_key as member_key,
        count(*) as touches
    from touchpoints
    group by lead_channel_key

),

numbered as (

    select
        dimension,
        member_key,
        touches,
        row_number() over (partition by dimension order by touches desc, member_key asc)
            as member_number
    from counted

),

placed as (

    select
        dimension,
        member_key,
        touches,
        cast(member_number as integer) as member_number,
        cast(least(member_number - 1, 247) as integer) as bit
    from numbered

),

final as (

    select
        dimension,
        member_key,
        member_number,
        bit,
        cast(touches as double) / sum(touches) over (partition by dimension, bit) as share
    from placed

)

select * from final
