-- A member's place in the set of a path, as bits: four words of 62. From the 248th most frequent
-- on, members share one bit in proportion to their touches.
with

members as (

    select * from {{ ref('int_attribution__members') }}

),

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

ranked as (

    select
        dimension,
        member_key,
        touches,
        row_number() over (partition by dimension order by touches desc, member_key asc) as place
    from counted

),

placed as (

    select
        dimension,
        member_key,
        touches,
        cast(least(place - 1, 247) as integer) as bit
    from ranked

),

final as (

    select
        placed.dimension,
        placed.member_key,
        members.member_number,
        placed.bit,
        cast(placed.touches as double)
        / sum(placed.touches) over (partition by placed.dimension, placed.bit) as share
    from placed
    inner join members
        on placed.dimension = members.dimension and placed.member_key = members.member_key

)

select * from final
