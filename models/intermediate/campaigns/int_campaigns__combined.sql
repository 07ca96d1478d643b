with

versioned as (

    select * from {{ ref('int_campaigns__versioned') }}

),

references_matched as (

    select * from {{ ref('int_campaign_references__matched') }}
    where match_kind = 'inferred'

),

inferred as (

    select
        references_matched.campaign_durable_key,
        references_matched.inferred_platform as platform,
        references_matched.inferred_account_ref as account_ref,
        references_matched.inferred_campaign_id as campaign_id,
        coalesce(
            min(references_matched.stated_name), references_matched.inferred_campaign_id
        ) as campaign_name,
        cast('1900-01-01' as timestamp) as valid_from
    from references_matched
    left join versioned
        on references_matched.campaign_durable_key = versioned.campaign_durable_key
    where versioned.campaign_durable_key is null
    group by
        references_matched.campaign_durable_key,
        references_matched.inferred_platform,
        references_matched.inferred_account_ref,
        references_matched.inferred_campaign_id

),

final as (

    select
        campaign_key,
        campaign_durable_key,
        platform,
        account_ref,
        campaign_id,
        campaign_name,
        campaign_type,
        status,
        valid_from,
        valid_to,
        is_current,
        true as is_declared
    from versioned
    union all
    select
        {{ surrogate_key(['platform', 'account_ref', 'campaign_id', 'valid_from']) }}
            as campaign_key,
        campaign_durable_key,
        platform,
        account_ref,
        campaign_id,
        campaign_name,
        cast(null as {{ dbt.type_string() }}) as campaign_type,
        cast(null as {{ dbt.type_string() }}) as status,
        valid_from,
        cast(null as timestamp) as valid_to,
        true as is_current,
        false as is_declared
    from inferred

)

select * from final
