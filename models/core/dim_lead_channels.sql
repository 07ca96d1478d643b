with

declared as (

    select * from {{ ref('lead_channels') }}
    where vocabulary in ('both', '{{ vocabulary() }}')

),

stated as (

    select {{ in_vocabulary('code', 'lead_channel') }} as code
    from {{ ref('int_members__stated') }}
    where dimension = 'lead_channel'
    group by {{ in_vocabulary('code', 'lead_channel') }}

),

inferred as (

    select stated.code
    from stated
    left join declared on stated.code = declared.lead_channel
    where declared.lead_channel is null and stated.code <> 'unattributed'

),

members as (

    select
        lead_channel,
        name_en,
        name_sv,
        channel_family,
        is_paid,
        is_digital,
        true as is_declared
    from declared

    union all

    select
        code as lead_channel,
        {{ code_name('code') }} as name_en,
        {{ code_name('code') }} as name_sv,
        'other' as channel_family,
        false as is_paid,
        false as is_digital,
        false as is_declared
    from inferred

    union all

    select
        'unattributed' as lead_channel,
        'Unattributed' as name_en,
        'Ej tillskriven' as name_sv,
        'other' as channel_family,
        false as is_paid,
        false as is_digital,
        true as is_declared

),

final as (

    select
        {{ member_key('lead_channel', 'lead_channel') }} as lead_channel_key,
        lead_channel,
        name_en,
        name_sv,
        channel_family,
        is_paid,
        is_digital,
        is_declared
    from members

)

select * from final
