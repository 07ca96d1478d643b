with

declared as (

    select * from {{ ref('lead_sources') }}
    where vocabulary in ('both', '{{ vocabulary() }}')

),

stated as (

    select {{ in_vocabulary('code', 'lead_source') }} as code
    from {{ ref('int_members__stated') }}
    where dimension = 'lead_source'
    group by {{ in_vocabulary('code', 'lead_source') }}

),

inferred as (

    select stated.code
    from stated
    left join declared on stated.code = declared.lead_source
    where declared.lead_source is null and stated.code <> 'unattributed'

),

members as (

    select
        lead_source,
        name_en,
        name_sv,
        source_category,
        is_paid,
        is_digital,
        ga4_channel_group,
        true as is_declared
    from declared

    union all

    select
        code as lead_source,
        {{ code_name('code') }} as name_en,
        {{ code_name('code') }} as name_sv,
        'other' as source_category,
        false as is_paid,
        false as is_digital,
        'Unassigned' as ga4_channel_group,
        false as is_declared
    from inferred

    union all

    select
        'unattributed' as lead_source,
        'Unattributed' as name_en,
        'Ej tillskriven' as name_sv,
        'other' as source_category,
        false as is_paid,
        false as is_digital,
        'Unassigned' as ga4_channel_group,
        true as is_declared

),

final as (

    select
        {{ member_key('lead_source', 'lead_source') }} as lead_source_key,
        lead_source,
        name_en,
        name_sv,
        source_category,
        is_paid,
        is_digital,
        ga4_channel_group,
        is_declared
    from members

)

select * from final
