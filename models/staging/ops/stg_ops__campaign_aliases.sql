with

campaign_aliases as (
    select * from {{ source('ops', 'campaign_aliases') }}
),

final as (
    select
        {{ campaign_alias('alias') }} as alias,
        min({{ campaign_alias('campaign') }}) as meant_alias,
        min(trim(campaign)) as meant_name
    from campaign_aliases
    group by {{ campaign_alias('alias') }}
)

select * from final
