-- A member's bit in the set of a path (macros in bits.sql). Members keep their bit as long as there
-- are enough; if not, those with the fewest steps share the last one in proportion.
with

members as (

    select * from {{ ref('int_attribution__members') }}

),

counted as (

    select
        dimension,
        state as member_number,
        sum(transitions) as steps
    from {{ ref('int_attribution__step_counts') }}
    where conversion_type is null
    group by dimension, state

),

sized as (

    select
        members.dimension,
        members.member_key,
        members.member_number,
        coalesce(counted.steps, 0) as steps,
        count(*) over (partition by members.dimension) as members
    from members
    left join counted
        on
            members.dimension = counted.dimension
            and members.member_number = counted.member_number

),

ranked as (

    select
        dimension,
        member_key,
        member_number,
        steps,
        row_number() over (
            partition by dimension
            order by
                case when members > {{ bits_of_a_set() }} then steps else 0 end desc,
                case when members > {{ bits_of_a_set() }} then member_key else '' end asc,
                member_number asc
        ) as bit_rank
    from sized

),

placed as (

    select
        dimension,
        member_key,
        member_number,
        steps,
        cast(least(bit_rank, {{ bits_of_a_set() }}) - 1 as integer) as bit
    from ranked

),

final as (

    select
        dimension,
        member_key,
        member_number,
        bit,
        coalesce(
            cast(steps as double) / nullif(sum(steps) over (partition by dimension, bit), 0),
            cast(1 as double) / count(*) over (partition by dimension, bit)
        ) as share
    from placed

)

select * from final
