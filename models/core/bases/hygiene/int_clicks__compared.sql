-- A click id proves that somebody paid; tags should say the same to every other tool.
with

touchpoints as (

    select
        touchpoint_key,
        click_id_type
    from {{ ref('int_touchpoints__prepared') }}
    where click_id_type is not null

),

click_id_types as (

    select * from {{ ref('click_id_types') }}
    where is_paid

),

signed as (

    select * from {{ ref('int_touchpoints__signed') }}

),

tags as (

    select * from {{ ref('int_tags__classified') }}

),

final as (

    select
        touchpoints.touchpoint_key,
        touchpoints.click_id_type,
        case
            when tags.tags_key is null then 'untagged_paid'
            else 'paid_tagged_unpaid'
        end as issue
    from touchpoints
    inner join click_id_types on touchpoints.click_id_type = click_id_types.click_id_type
    inner join signed on touchpoints.touchpoint_key = signed.touchpoint_key
    left join tags
        on
            {{ surrogate_key([
                'signed.ga4_source', 'signed.ga4_medium', 'signed.ga4_campaign',
            ]) }} = tags.tags_key
    where not coalesce(tags.is_paid, false)

)

select * from final
