with

campaigns as (

    select * from {{ ref('int_campaigns__combined') }}

),

members as (

    select
        campaign_key,
        campaign_durable_key,
        platform,
        nullif(account_ref, '') as account_id,
        campaign_id,
        campaign_name,
        campaign_type,
        status,
        valid_from,
        valid_to,
        is_current,
        is_declared
    from campaigns

),

special_members as (

    select
        'unknown' as campaign_key,
        'unknown' as campaign_name
    union all
    select
        'unattributed' as campaign_key,
        'unattributed' as campaign_name

),

final as (

    select * from members
    union all
    select
        campaign_key,
        campaign_key as campaign_durable_key,
        campaign_key as platform,
        cast(null as {{ dbt.type_string() }}) as account_id,
        campaign_key as campaign_id,
        campaign_name,
        cast(null as {{ dbt.type_string() }}) as campaign_type,
        cast(null as {{ dbt.type_string() }}) as status,
        cast('1900-01-01' as timestamp) as valid_from,
        cast(null as timestamp) as valid_to,
        true as is_current,
        true as is_declared
    from special_members

)

select * from final
